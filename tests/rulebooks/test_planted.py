"""Faults planted in copies of the library, as they come about: a law ends, a verified thing changes."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from creditgate_server.errors import Fault, RuleSetFault
from creditgate_server.rulebook.load import read_directory, read_texts
from creditgate_server.rulebook.verification import FOLDER

from ..verifying import REGISTER, with_lines

RULES = Path(__file__).resolve().parents[2] / "rules"
ENTRY = "exemption/m17-samr-2025-1-first@2025-01-27"


@cache
def library() -> dict[str, bytes]:
    """The files without what is verified in them."""
    return {name: text for name, text in read_directory(RULES).files.items() if not name.startswith(f"{FOLDER}/")}


def faults_of(texts: dict[str, bytes]) -> list[Fault]:
    with pytest.raises(RuleSetFault) as caught:
        read_texts(texts, directory="rules")
    return list(caught.value.faults)


def put(texts: dict[str, bytes], name: str, before: str, after: str) -> tuple[dict[str, bytes], int]:
    """The files with one text replaced, and its line."""
    text = texts[name].decode()
    assert text.count(before) == 1, (name, before, text.count(before))
    return {**texts, name: text.replace(before, after).encode()}, text[: text.index(before)].count("\n") + 1


def test_a_law_that_ended_is_refused_wherever_a_rule_still_cites_it():
    name = next(name for name, text in library().items() if b"\n  - {code: penalty-law," in text)
    line = next(one for one in library()[name].decode().splitlines() if one.startswith("  - {code: penalty-law,"))
    ended = line.replace("effective: {from: ", "effective: {until: 2026-08-14, from: ")
    texts, _ = put(library(), name, line, ended)
    faults = [fault for fault in faults_of(texts) if "依据已失效: penalty-law" in fault.message]
    cited = [fault for fault in faults if _written_at(texts, fault).startswith("penalty-law")]
    assert len(cited) > 20  # the others stand at what a list excludes: it cites what the list and its entries do
    days = {re.search("自 (....-..-..) 起不再有效", fault.message)[1] for fault in faults}
    assert min(days) == "2026-08-15"  # a rule that begins later is told its own first day


def _written_at(texts: dict[str, bytes], fault: Fault) -> str:
    return texts[fault.file.removeprefix("rules/")].decode().splitlines()[fault.line - 1][fault.column - 1 :]


def test_a_verified_entry_that_changes_is_refused_at_its_line():
    sound = with_lines(library(), ENTRY)
    assert ENTRY in read_texts(sound).rule_set.verified
    things = read_texts(sound, directory="rules").register.things
    place = things[ENTRY].place
    name = place.file.removeprefix("rules/")
    lines = sound[name].decode().splitlines(keepends=True)
    at = next(number for number in range(place.line - 1, len(lines)) if "circumstances: " in lines[number])
    lines[at] = lines[at].replace("circumstances: ", "circumstances: 已经改动, ", 1)
    faults = [fault for fault in faults_of({**sound, name: "".join(lines).encode()}) if ENTRY in fault.message]
    assert [(fault.file, fault.line, fault.column) for fault in faults] == [(place.file, place.line, place.column)]
    assert f"核实以后内容改动了: rules/{REGISTER}:5 " in faults[0].message
