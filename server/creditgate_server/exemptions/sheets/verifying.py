"""The column 已核实: what the register of verification says, and what a workbook may change of it.

A person who opens a workbook can withdraw verification; only who reads the texts can give it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from ...rulebook.bundle import RuleSet
from ...rulebook.catalogue import ExemptionKind
from ...rulebook.exemption_rules import rule_id_of
from ...rulebook.language import Place
from ...rulebook.reader_things import KINDS
from ...rulebook.reader_verification import lines_of
from ...rulebook.source import Faults
from ...rulebook.verification import FOLDER, named, register_text

YES, NO = "是", "否"
VERIFIED_HEADER = "已核实"


@dataclass(frozen=True, slots=True)
class VerifiedCell:
    """What a row says of the verification of its list or entry."""

    of: str
    """The thing by its name in the register."""
    verified: bool
    place: Place


def list_named(code: str) -> str:
    """The name of a list's own definitions."""
    return named(KINDS["exemption_lists"], code)


def entry_named(entry: str, listed: str, kind: ExemptionKind, start: date) -> str:
    """The name of an entry as one list has it."""
    return named(KINDS["exemptions"], rule_id_of(entry, listed, kind), start)


def in_words(rule_set: RuleSet, of: str) -> str:
    """是 or 否."""
    return YES if of in rule_set.verified else NO


def without_withdrawn(texts: Mapping[str, bytes], cells: Iterable[VerifiedCell], rule_set: RuleSet) -> dict[str, bytes]:
    """The files of the register that change, with what was withdrawn left out.

    A line that keeps some of the readings that a thing needs verifies nothing yet, and 否 is no word against it.
    """
    withdrawn = {cell.of for cell in cells if not cell.verified and cell.of in rule_set.verified}
    changed = {}
    for name, content in texts.items():
        if not name.startswith(f"{FOLDER}/"):
            continue
        lines = lines_of(content)
        left = [line for line in lines if line.of not in withdrawn]
        if len(left) < len(lines):
            changed[name] = register_text(left)
    return changed


def check_given(cells: Iterable[VerifiedCell], rule_set: RuleSet, faults: Faults) -> None:
    """Note rows that say 是 of what is not verified."""
    for cell in cells:
        if cell.verified and cell.of not in rule_set.verified:
            hint = "改为“否”; 与原文核对后用 creditgate-server rules texts 登记"
            faults.add(cell.place, f"核实登记里没有 {cell.of}, 不能在表里写“是”", hint)
