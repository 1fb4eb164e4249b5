"""Checks parameters: values by day without overlap, cited in force, used; and numbers that had better be one."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from .catalogue import Catalogue, Parameter
from .check_citations import check_in_force
from .language import CORRECTION_TERM, RECHECK_TERM, Place
from .library import Library, Placed
from .source import Faults


def check_parameters(
    library: Library,
    catalogue: Catalogue,
    need: Callable[[str, str, Place, str], bool],
    faults: Faults,
    warnings: Faults,
) -> None:
    """Note every fault and warning."""
    used = {name for placed in library.rules for name in placed.value.parameters} | {RECHECK_TERM, CORRECTION_TERM}
    for placed in library.entries["parameters"]:
        _check_values(placed, faults)
        _check_basis(placed, catalogue, need, faults)
        if placed.value.code not in used and not library.broken["rules"]:
            message = f"没有规则用到参数 {placed.value.code}"
            faults.add(placed.at("code"), message, "删去它, 或在规则里用它")
    for place, rule in library.literals:
        hint = "写成 {param: …}, 在 parameters 一节给出名称、日期和依据"
        warnings.add(place, "期限或金额直接写在条件里", hint, rule)


def _check_values(placed: Placed[Parameter], faults: Faults) -> None:
    for number, (earlier, later) in enumerate(pairwise(placed.value.values), start=1):
        until = earlier.effective.until
        if until is None or until >= later.effective.start:
            message = f"参数 {placed.value.code} 的两个值有效期重叠或次序颠倒"
            hint = "按日期先后写; 给前一个值写上 until, 在后一个值 from 的前一天"
            faults.add(placed.at("values", number, "effective"), message, hint)


def _check_basis(
    placed: Placed[Parameter],
    catalogue: Catalogue,
    need: Callable[[str, str, Place, str], bool],
    faults: Faults,
) -> None:
    for number, value in enumerate(placed.value.values):
        for position, cited in enumerate(value.basis):
            place = placed.at("values", number, "basis", position, "instrument")
            instrument = catalogue.instruments.get(cited.instrument)
            if need("instruments", cited.instrument, place, "") and instrument is not None:
                check_in_force(value.effective, instrument, "参数", place, faults)
