"""Whatever the rows and checks: each row is in exactly one class, and the order of rows and checks does not matter."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from creditgate_server.coverage.counting import Made, report
from creditgate_server.coverage.matching import Key, match, without_doubles
from creditgate_server.coverage.values import Check, Licence, MeasureCase, Place, Unmatched, Verdict, Why
from creditgate_server.outcomes.values import Done

FIRST = date(2026, 1, 20)
MADE = Made(files=("a.csv",), window_days=5, made_on=FIRST)
SUBJECTS, ITEMS = ("甲", "乙"), ("x", "y")
days = st.integers(0, 40).map(lambda days: FIRST + timedelta(days=days))
bodies = st.one_of(
    st.tuples(st.sampled_from(SUBJECTS), st.sampled_from(ITEMS), st.sampled_from("AB"), st.sampled_from("12"), days),
    st.sampled_from(Why),
)
measures = st.builds(
    MeasureCase,
    code=st.sampled_from("mn"),
    title=st.just("措施"),
    subject=st.just(0),
    mandatory=st.booleans(),
    done=st.sampled_from(Done),
)
asked = st.tuples(
    st.sampled_from(SUBJECTS),
    st.sampled_from(ITEMS),
    days,
    st.sampled_from(("clear", "measures", "prohibited")),
    st.booleans(),
    st.lists(measures, max_size=2),
)


def rows_of(bodies):
    for number, body in enumerate(bodies, start=2):
        place = Place(0, number)
        if isinstance(body, Why):
            yield Unmatched(place, body, "", "A", "1")
        else:
            subject, item, organ, document, day = body
            yield Licence(place, subject, item, organ, document, day)


def checks_of(all_asked) -> dict[Key, list[Check]]:
    found: dict[Key, list[Check]] = {}
    for subject, item, day, answer, after, said in all_asked:
        instant = f"{day.isoformat()}T04:00:00Z"
        identity = f"r-{subject}{item}{day}{answer}{after}{said}"
        found.setdefault((subject, item), []).append(Check(identity, day, instant, answer, after, tuple(said)))
    return found


def judged(rows, checks):
    return report(match(without_doubles(rows), checks, 5), {}, MADE)


@given(st.lists(bodies, max_size=25), st.lists(asked, max_size=12))
def test_every_row_is_in_exactly_one_class(bodies, all_asked) -> None:
    found = judged(rows_of(bodies), checks_of(all_asked))
    assert [case.row for case in found.cases] == list(range(2, len(bodies) + 2))
    assert sum(getattr(found.total, verdict.value) for verdict in Verdict) == len(bodies)
    for groups in (found.by_organ, found.by_item, found.by_month, found.by_all):
        opened = [place for group in groups for places in group.cases.values() for place in places]
        assert sorted(opened) == list(range(len(bodies)))


@given(st.lists(bodies, max_size=25), st.lists(asked, max_size=12), st.randoms(use_true_random=False))
def test_order_does_not_matter(bodies, all_asked, draw) -> None:
    """Shuffled rows in other places: the same numbers, and as many licences of each kind in each class."""
    shuffled, again = list(bodies), list(all_asked)
    draw.shuffle(shuffled)
    draw.shuffle(again)
    one = judged(rows_of(bodies), checks_of(all_asked))
    other = judged(rows_of(shuffled), checks_of(again))
    assert one.total == other.total
    assert [group.numbers for group in one.by_all] == [group.numbers for group in other.by_all]
    assert [group.numbers for group in one.by_measure] == [group.numbers for group in other.by_measure]
    assert kinds(one) == kinds(other)


@given(st.lists(bodies, max_size=25), st.lists(asked, max_size=12))
def test_agrees_with_the_definition(bodies, all_asked) -> None:
    """By looking at every check for every licence."""
    checks = checks_of(all_asked)
    for case in judged(rows_of(bodies), checks).cases:
        if case.verdict is Verdict.UNMATCHED:
            continue
        of_licence = checks.get((case.subject, case.item), [])
        within = [one for one in of_licence if not one.after and 0 <= (case.issued_on - one.day).days <= 5]
        if not within:
            assert case.verdict in (Verdict.LATE, Verdict.NOT_CHECKED)
            continue
        last = max(within, key=lambda one: (one.issued_at, one.id))
        missing = any(one.mandatory and one.done is not Done.APPLIED for one in last.measures)
        expected = Verdict.MEASURE_MISSING if missing else Verdict.IN_TIME
        assert case.verdict is (Verdict.PROHIBITED if last.answer == "prohibited" else expected)


def kinds(found) -> Counter:
    return Counter((one.verdict, one.why, one.subject, one.item, one.issued_on, one.receipt) for one in found.cases)
