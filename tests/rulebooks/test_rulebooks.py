"""Sound and broken rule books as files, one fault each, read together with the small library in `base`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from creditgate_server.errors import Fault, RuleSetFault
from creditgate_server.rulebook.bundle import decode
from creditgate_server.rulebook.load import LoadedRuleSet, read_texts

HERE = Path(__file__).parent
BASE = {file.name: file.read_bytes() for file in sorted((HERE / "base").glob("*.yaml"))}
BROKEN = sorted((HERE / "broken").glob("*.yaml"))
SOUND = sorted((HERE / "sound").glob("*.yaml"))
BOOK = "zz-book.yaml"
"""Name under which a book is read: after the base, so that doubles are found in the book."""
EXPECTED = re.compile(r"^# expect: (\d+):(\d+) (.+)$", re.MULTILINE)
RULE = re.compile(r"^# rule: (.+)$", re.MULTILINE)


def with_base(content: bytes) -> LoadedRuleSet:
    return read_texts({**BASE, BOOK: content}, directory="rules")


def faults_of(content: bytes) -> tuple[Fault, ...]:
    with pytest.raises(RuleSetFault) as caught:
        with_base(content)
    return caught.value.faults


def test_the_base_is_sound_and_without_warnings():
    loaded = read_texts(BASE)
    assert loaded.warnings == ()
    assert len(loaded.rule_set.rules) == 6


@pytest.mark.parametrize("file", BROKEN, ids=lambda file: file.stem)
def test_a_broken_book_is_refused_at_its_place(file: Path):
    content = file.read_bytes()
    text = content.decode()
    expected = EXPECTED.search(text)
    assert expected, f"{file} has no line `# expect: LINE:COLUMN fragment`"
    line, column, fragment = expected.groups()
    rule = RULE.search(text)

    faults = faults_of(content)

    shown = "\n".join(str(fault) for fault in faults)
    assert len(faults) == 1, shown
    fault = faults[0]
    assert (fault.file, fault.line, fault.column) == (f"rules/{BOOK}", int(line), int(column)), shown
    assert fragment in fault.message + fault.hint, shown
    assert fault.rule == (rule.group(1) if rule else ""), shown


@pytest.mark.parametrize("file", SOUND, ids=lambda file: file.stem)
def test_a_sound_book_is_read_and_survives_its_canonical_form(file: Path):
    loaded = with_base(file.read_bytes())
    assert decode(loaded.rule_set.canonical) == loaded.rule_set
    assert len(loaded.rule_set.rules) > 6


def test_a_rule_set_from_before_there_were_ways_to_object_keeps_its_digest():
    """A section that came later is no part of the content where it is empty: stored rule sets stay what they are."""
    without = read_texts(BASE).rule_set
    assert b'"objections"' not in without.canonical
    assert decode(without.canonical).digest == without.digest
    told = with_base((HERE / "sound" / "objections.yaml").read_bytes()).rule_set
    assert b'"objections"' in told.canonical
    assert list(decode(told.canonical).catalogue.objections) == ["reconsideration", "correction"]
