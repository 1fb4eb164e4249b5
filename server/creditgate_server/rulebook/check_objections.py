"""Checks the ways to object: a period has a start, and what they rest on is in force as long as they are open."""

from __future__ import annotations

from .catalogue import Catalogue, Objection
from .check_citations import check_in_force
from .library import Library, Placed
from .source import Faults


def check_objections(library: Library, catalogue: Catalogue, faults: Faults) -> None:
    """Note periods without a start, starts without a period, and instruments not in force. Codes are checked before."""
    for placed in library.entries["objections"]:
        _check_period(placed, faults)
        _check_basis(placed, catalogue, faults)


def _check_period(placed: Placed[Objection], faults: Faults) -> None:
    objection = placed.value
    if (objection.within is None) != (objection.since == ""):
        faults.add(placed.at("within"), "within 和 since 要一起写", "since 说明期限从何时起算")
    if objection.from_decision and objection.within is None:
        faults.add(placed.at("from_decision"), "没有期限, 不能从决定之日推算", "写上 within, 或删去 from_decision")
    if objection.organs and objection.except_organs:
        faults.add(placed.at("except_organs"), "organs 和 except_organs 不能都写", "删去其中一个")


def _check_basis(placed: Placed[Objection], catalogue: Catalogue, faults: Faults) -> None:
    for position, cited in enumerate(placed.value.basis):
        instrument = catalogue.instruments.get(cited.instrument)
        if instrument is not None:
            place = placed.at("basis", position, "instrument")
            check_in_force(placed.value.effective, instrument, "救济途径", place, faults)
