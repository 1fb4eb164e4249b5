"""The small language of condition cells: from one cell's text to the tests that YAML would spell out.

`-` or nothing: any · `A` · `A; B` one of · `not A` · `>= 18` · `[18..60)` · `是` `否`. Text in double quotes is a value
as it stands. A list may mix values, comparisons and ranges: one of them is enough. `param:CODE` stands for a number.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from .language import Place
from .source import Faults, KeyedNode, Mapping, Node, Scalar, Sequence

ANY = frozenset({"", "-", "—", "－"})
"""Cells that ask nothing."""

_FLAGS = {"是": "true", "否": "false", "true": "true", "false": "false"}
_NOT = re.compile(r"(?:not|不是|非)\s+(.+)", re.IGNORECASE)
_COMPARISON = re.compile(r"(>=|<=|>|<|≥|≤|＞|＜)\s*(.+)")
_RANGE = re.compile(r"([\[(［（])\s*([^.\s]\S*?|\S)\s*\.\.\s*(\S+)\s*([\])］）])")
_SIGNS = {"≥": ">=", "≤": "<=", "＞": ">", "＜": "<"}
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_PARAMETER = re.compile(r"(?:param|参数)\s*[:：]\s*(\S+)")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_QUOTED = re.compile(r'"([^"]*)"|“([^”]*)”')
_PARTS = re.compile(r'(?:"[^"]*"|“[^”]*”|[^;；、])+')
_NUMBER_TESTS = {">=": "at_least", "<=": "at_most", ">": "more_than", "<": "less_than"}
_DAY_TESTS = {">=": "on_or_after", "<=": "on_or_before", ">": "after", "<": "before"}


@dataclass(frozen=True, slots=True)
class CellText:
    """A cell that says something, and its place."""

    text: str
    place: Place

    def scalar(self, text: str | None = None) -> Scalar:
        """A value that stands in this cell."""
        return Scalar(self.text if text is None else text, False, self.place)

    def quoted(self) -> Scalar:
        """The whole cell as text, whatever it looks like."""
        return Scalar(self.text, True, self.place)


@dataclass(frozen=True, slots=True)
class Bound:
    """One comparison: a sign of `>= <= > <` and a number or a day."""

    sign: str
    value: str


Part = Scalar | tuple[Bound, ...]
"""One part of a cell's list: a value, or bounds that must all be kept."""


def fields(place: Place, values: dict[str, Node]) -> Mapping:
    """A mapping whose keys stand where their values do."""
    return Mapping({name: KeyedNode(Scalar(name, False, node.place), node) for name, node in values.items()}, place)


def all_of(parts: list[Node], place: Place) -> Node:
    """One node for parts that must all hold; there is at least one."""
    return parts[0] if len(parts) == 1 else fields(place, {"all": Sequence(tuple(parts), place)})


def number_node(text: str, cell: CellText) -> Node:
    """A number, or the parameter that names it."""
    named = _PARAMETER.fullmatch(text)
    return fields(cell.place, {"param": cell.scalar(named.group(1))}) if named else cell.scalar(text)


def pieces(text: str) -> list[str]:
    """Parts of a list written with `;`, `；` or `、`, without blanks; what is in double quotes stays together."""
    return [piece.strip() for piece in _PARTS.findall(text) if piece.strip()]


def flag_text(text: str) -> str:
    """`true` or `false` for a word that means it; else the text as it is."""
    return _FLAGS.get(text.lower(), text)


def fact_tests(fact: Scalar, cell: CellText, faults: Faults) -> list[Node]:
    """Tests of a fact that must all hold. Raises `Unreadable`."""
    negated = _NOT.fullmatch(cell.text)
    parts = _parts(negated.group(1) if negated else cell.text, cell, faults)
    values = [part for part in parts if isinstance(part, Scalar)]
    if len(values) == len(parts):
        return [_equals(fact, values, cell, negated=bool(negated))]
    each = [_part_tests(fact, part, cell) for part in parts]
    if len(each) == 1 and not negated:
        return each[0]
    nodes: tuple[Node, ...] = tuple(all_of(tests, cell.place) for tests in each)
    return [fields(cell.place, {"none" if negated else "any": Sequence(nodes, cell.place)})]


def _equals(fact: Scalar, values: list[Scalar], cell: CellText, *, negated: bool) -> Node:
    if len(values) == 1:
        return _test(fact, "is_not" if negated else "is", values[0], cell)
    return _test(fact, "not_in" if negated else "in", Sequence(tuple(values), cell.place), cell)


def _test(fact: Scalar, comparison: str, value: Node, cell: CellText) -> Node:
    pairs = {
        "fact": KeyedNode(Scalar("fact", False, fact.place), fact),
        comparison: KeyedNode(Scalar(comparison, False, cell.place), value),
    }
    return Mapping(pairs, cell.place)


def _part_tests(fact: Scalar, part: Part, cell: CellText) -> list[Node]:
    if isinstance(part, Scalar):
        return [_test(fact, "is", part, cell)]
    tests = [(_DAY_TESTS if _DAY.fullmatch(bound.value) else _NUMBER_TESTS)[bound.sign] for bound in part]
    return [_test(fact, test, number_node(bound.value, cell), cell) for test, bound in zip(tests, part, strict=True)]


def _parts(text: str, cell: CellText, faults: Faults) -> list[Part]:
    """The parts of a cell's list, at least one. Raises `Unreadable`."""
    parts = [_part(piece, cell, faults) for piece in pieces(text)]
    if not parts:
        faults.refuse(cell.place, f"单元格里没有值: “{cell.text}”", "不限就写 -; 几个值用分号隔开")
    return parts


def _part(text: str, cell: CellText, faults: Faults) -> Part:
    quoted = _QUOTED.fullmatch(text)
    if quoted:
        return Scalar(quoted.group(1) or quoted.group(2) or "", True, cell.place)
    compared = _COMPARISON.fullmatch(text)
    if compared:
        sign, value = compared.groups()
        _comparable(value, cell, faults)
        return (Bound(_SIGNS.get(sign, sign), value),)
    ranged = _RANGE.fullmatch(text)
    if ranged:
        return _range(ranged, cell, faults)
    if '"' in text or "“" in text or ".." in text or text[0] in "[(<>=［（":
        faults.refuse(cell.place, f"看不懂“{text}”", '例如 A; B 或 not A 或 >= 18 或 [18..60) 或 "原文"')
    return cell.scalar(flag_text(text))


def _comparable(value: str, cell: CellText, faults: Faults) -> Decimal | str:
    """The value as something that can be put in order; days and parameters order as text."""
    if _DAY.fullmatch(value) or _PARAMETER.fullmatch(value):
        return value
    if not _NUMBER.fullmatch(value):
        faults.refuse(cell.place, f"只有数和日期能比较大小, 却是“{value}”", "例如 >= 18 或 < 2026-04-01")
    return Decimal(value)


def _range(found: re.Match[str], cell: CellText, faults: Faults) -> tuple[Bound, ...]:
    opening, low, high, closing = found.groups()
    if _PARAMETER.fullmatch(low) or _PARAMETER.fullmatch(high):
        faults.refuse(cell.place, f"范围里不能用参数: {found.group()}", "分成两列, 或写 >= param:代码")
    first, last = _comparable(low, cell, faults), _comparable(high, cell, faults)
    if isinstance(first, str) != isinstance(last, str):
        faults.refuse(cell.place, f"范围的两端一个是日期一个是数: {found.group()}", "请核对")
    closed = opening in "[［" and closing in "]］"
    empty = first > last if isinstance(first, Decimal) and isinstance(last, Decimal) else str(first) > str(last)
    if empty or (first == last and not closed):
        faults.refuse(cell.place, f"范围是空的: {found.group()}", "小的写在前面; 方括号含端点, 圆括号不含")
    return (Bound(">=" if opening in "[［" else ">", low), Bound("<=" if closing in "]］" else "<", high))


# -- numbers of records and amounts -----------------------------------------------------------------------------------


def record_tests(select: Node, cell: CellText, faults: Faults) -> list[Node]:
    """Tests of a number of records: `>= 3`, `0`, `[1..2]`, `是` (at least one), `否` (none). Raises `Unreadable`."""
    text = {"true": ">= 1", "false": "0"}.get(flag_text(cell.text), cell.text)
    least, most = _whole_bounds(text, Decimal(1), "条数", cell, faults)
    tests = {"at_least": least, "at_most": most}
    return [
        fields(cell.place, {"records": select, name: cell.scalar(f"{bound:.0f}")})
        for name, bound in tests.items()
        if bound is not None
    ]


def amount_tests(summed: str) -> Callable[[Node, CellText, Faults], list[Node]]:
    """Tests of the sum of records' amounts, or fines, in yuan: `>= 100000.00`. They raise `Unreadable`."""

    def tests(select: Node, cell: CellText, faults: Faults) -> list[Node]:
        least, most = _whole_bounds(cell.text, Decimal("0.01"), "金额(元)", cell, faults)
        return [
            fields(cell.place, {"records": select, summed: fields(cell.place, {name: cell.scalar(f"{bound:.2f}")})})
            for name, bound in {"at_least": least, "at_most": most}.items()
            if bound is not None
        ]

    return tests


def _whole_bounds(
    text: str, step: Decimal, what: str, cell: CellText, faults: Faults
) -> tuple[Decimal | None, Decimal | None]:
    """At least and at most, in steps: more than 2 records is at least 3. A least of nothing asks nothing."""
    parts = _parts(text, cell, faults)
    bounds = _bounds_of(parts[0]) if len(parts) == 1 else ()
    if not bounds or any(not _NUMBER.fullmatch(bound.value) or Decimal(bound.value) % step for bound in bounds):
        faults.refuse(cell.place, f"应为{what}, 却是“{cell.text}”", "例如 >= 3 或 0 或 [1..2]")
    least: Decimal | None = None
    most: Decimal | None = None
    for bound in bounds:
        value = Decimal(bound.value)
        if bound.sign.startswith(">"):
            least = value + step if bound.sign == ">" else value
        else:
            most = value - step if bound.sign == "<" else value
    if least is not None and least <= 0:
        least = None
    if least is None and most is None:
        faults.refuse(cell.place, f"“{cell.text}”总是成立", "不限就写 -")
    if most is not None and most < 0:
        faults.refuse(cell.place, f"“{cell.text}”总不成立", "请核对")
    return least, most


def _bounds_of(part: Part) -> tuple[Bound, ...]:
    if isinstance(part, Scalar):
        return (Bound(">=", part.text), Bound("<=", part.text))
    return part


# -- ages and findings ------------------------------------------------------------------------------------------------


def age_tests(unit: str) -> Callable[[Scalar, CellText, Faults], list[Node]]:
    """Reader of how many whole months or days ago a day fact lies: `>= 36`, `< 36`, `[12..36)`."""
    names = {">=": f"at_least_{unit}_ago", "<": f"less_than_{unit}_ago"}

    def read(fact: Scalar, cell: CellText, faults: Faults) -> list[Node]:
        parts = _parts(cell.text, cell, faults)
        bounds = parts[0] if len(parts) == 1 and not isinstance(parts[0], Scalar) else ()
        if not bounds or any(bound.sign not in names for bound in bounds):
            faults.refuse(cell.place, f"应为满多少或不满多少, 却是“{cell.text}”", "例如 >= 36 或 < 36 或 [12..36)")
        return [_test(fact, names[bound.sign], number_node(bound.value, cell), cell) for bound in bounds]

    return read


def finding_tests(rule: Scalar, cell: CellText, faults: Faults) -> list[Node]:
    """Whether an earlier rule holds: `是` or `否`. Raises `Unreadable`."""
    wanted = flag_text(cell.text)
    if wanted not in ("true", "false"):
        faults.refuse(cell.place, f"应为 是 或 否, 却是“{cell.text}”", "不限就写 -")
    test = fields(cell.place, {"finding": rule})
    return [test] if wanted == "true" else [fields(cell.place, {"none": Sequence((test,), cell.place)})]
