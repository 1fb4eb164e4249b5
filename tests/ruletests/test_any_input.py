"""Whatever a file of tests holds, it is refused with places, or it is read and can be run: nothing else is raised."""

from __future__ import annotations

from datetime import date
from functools import cache

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from creditgate_server.errors import RuleSetFault
from creditgate_server.studies.ruletests.load import read_texts
from creditgate_server.studies.ruletests.run import CaseStatus, Runner

from .library import BASE_RULES, HERE

QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FILES = [file.read_text(encoding="utf-8") for file in sorted((HERE / "broken").glob("*.yaml"))]
MARKS = "{ } [ ] ' \" | > &a *a !!int << --- % # ~ @2 x3 none open like: records: 1900-01-01 2199-12-31 2026-02-30 by="
SNIPPETS = st.sampled_from([*MARKS.split(), "- ", ": ", ", ", "\n", "  ", "9" * 5000, "\u0663", "\0"])


@cache
def runner() -> Runner:
    return Runner(BASE_RULES)


def refused_or_run(text: str) -> None:
    try:
        tests = read_texts({"a.yaml": text.encode("utf-8", "surrogatepass")}, BASE_RULES)
    except RuleSetFault as refused:
        assert refused.faults
        for fault in refused.faults:
            assert fault.line >= 1
            assert fault.column >= 1
            assert fault.message
    else:
        for result in runner().run_all(tests.tests):
            assert (result.status is CaseStatus.FAILED) == bool(result.mismatches)
            assert not any("引擎" in wrong.message for wrong in result.mismatches)


@QUICK
@given(st.text(max_size=300))
def test_random_text(text: str):
    refused_or_run(text)


@QUICK
@given(st.sampled_from(FILES), st.data())
def test_files_with_random_damage(text: str, data: st.DataObject):
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 30)))
        text = text[:start] + data.draw(SNIPPETS) + text[end:]
    refused_or_run(text)


FIELD = st.sampled_from(
    ["kind: person", "present: false", "records: [wage-arrears 2026-01-01]", "ratings: {rating: D}"]
)
FACT = st.sampled_from(["missing: 2", "sum: 1000.51", "promised: true", "route: online", "missing: ~"])
FEED = st.sampled_from(
    ["credit-feed: silent", "credit-feed: stale", "registry-feed: 2026-01-01", "credit-feed: 2027-01-01"]
)


@QUICK
@given(
    st.dates(min_value=date(2000, 1, 1), max_value=date(2190, 1, 1)),
    st.sampled_from(["food-licence", "fund-grant"]),
    st.lists(FIELD, unique_by=lambda field: field.partition(":")[0]),
    st.lists(FACT, unique_by=lambda fact: fact.partition(":")[0], min_size=1),
    st.lists(FEED, unique_by=lambda feed: feed.partition(":")[0], min_size=1),
)
def test_the_engine_and_the_reference_agree_on_whatever_a_test_may_say(day, item, subject, facts, feeds):
    fields = ", ".join(subject) or "kind: enterprise"
    refused_or_run(
        f"""\
day: {day}
tests:
  - name: 甲
    item: {item}
    facts: {{{", ".join(facts)}}}
    feeds: {{{", ".join(feeds)}}}
    subject: {{{fields}}}
    expect: {{outcome: clear}}
"""
    )
