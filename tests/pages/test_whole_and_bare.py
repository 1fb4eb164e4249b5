"""Each page of a report is drawn where everything is there, and where nothing is: no part of a template is left out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import Enum
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest

from creditgate_server.studies.coverage.page import page as coverage_page
from creditgate_server.studies.coverage.report import CoverageReport, LicenceCase, UnmatchedCase
from creditgate_server.studies.coverage.shown import CutList
from creditgate_server.studies.difference.page import page as difference_page
from creditgate_server.studies.difference.report import DiffReport
from creditgate_server.studies.explanation.page import page as explanation_page
from creditgate_server.studies.explanation.values import Explanation

PLAIN = {int: 1, str: "<甲>", bool: True, bytes: b"", date: date(2026, 11, 20)}


def made(kind: Any, *, whole: bool) -> Any:
    """A value of a type: `whole` with two of everything that may be several, else with nothing that may be missing."""
    origin, inside = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return made(inside[0], whole=whole) if whole else None
    if origin is tuple:
        return tuple(made(inside[0], whole=whole) for _ in range(2 if whole else 0))
    if origin in (dict, Mapping):
        return {made(inside[0], whole=whole): made(inside[1], whole=whole)} if whole else {}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return list(kind)[-1]
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        hints = get_type_hints(kind)
        return kind(**{name: made(hints[name], whole=whole) for name in kind.__struct_fields__})
    return PLAIN[kind] if whole or kind is not str else ""


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize(("kind", "page"), [(Explanation, explanation_page), (DiffReport, difference_page)])
def test_a_page_is_drawn(kind: type[msgspec.Struct], page: Any, whole: bool) -> None:
    value = made(kind, whole=whole)
    assert "<甲>" not in page(value)
    for name, told in (("notes", ("警告: 一", "二")), ("left_out", ("三",))):
        if whole and name in kind.__struct_fields__:
            text = page(msgspec.structs.replace(value, **{name: told}))
            assert all(one in text for one in told)


@pytest.mark.parametrize("whole", [True, False])
def test_the_page_of_coverage_is_drawn(whole: bool) -> None:
    report, shown = made(CoverageReport, whole=whole), CutList()
    if whole:
        month = [msgspec.structs.replace(one, month="2026-11") for one in report.months]
        groups = [msgspec.structs.replace(one, month="2026-11") for one in report.groups]
        measures = tuple(msgspec.structs.replace(one, reasons={"": 1}) for one in report.measures)
        report = msgspec.structs.replace(report, months=tuple(month[:1]), groups=tuple(groups), measures=measures)
        shown.licence(made(LicenceCase, whole=True), "<甲>", measures=True)
        shown.row(made(UnmatchedCase, whole=True))
    assert "<甲>" not in coverage_page(report, shown)
