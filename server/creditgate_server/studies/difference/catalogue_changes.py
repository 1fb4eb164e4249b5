"""What changed in the catalogue, entry by entry and field by field, by reflection: a new section needs nothing here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Any

import msgspec

from ...rulebook.catalogue import Catalogue, Citation, Correction, FirstDefinition, Period, Span
from ...rulebook.titles import AREAS, ELEMENTS, FACT_SOURCES, FACT_TYPES, KINDS, RANKS, SOURCES
from ...rulebook.words import correction_in_words, first_in_words, money_in_words, span_in_words
from .names import FIELDS, SECTIONS
from .report import ChangeKind, ChangeLine, EntryChange
from .rule_changes import citation_in_words, period_in_words

NONE = "无"
_UNITS = {"months": " 个月", "days": " 日", "percent": "%"}

ORDERED = ("grades", "levels")
"""Sections whose order has a meaning."""
_REFERENCES = {"organ": "organs", "region": "regions", "instrument": "instruments", "measures": "soft_measures"}
"""Fields that name entries of another section: they are told by title."""


def catalogue_changes(a: Catalogue, b: Catalogue) -> tuple[EntryChange, ...]:
    """Every entry that came, went or changed, by section; then sections whose order matters and changed."""
    changes: list[EntryChange] = []
    for section in a.__struct_fields__:
        before, after = getattr(a, section), getattr(b, section)
        if isinstance(before, dict) and isinstance(after, dict):
            changes += _section(section, a, before, b, after)
    return tuple(changes)


def _section(
    section: str, a: Catalogue, before: dict[str, Any], b: Catalogue, after: dict[str, Any]
) -> Iterator[EntryChange]:
    for code, entry in after.items():
        if code not in before:
            lines = tuple(
                ChangeLine(field=_field(name), before="", after=text) for name, text in _told(b, entry).items()
            )
            yield _change(section, code, entry, ChangeKind.ADDED, lines)
        elif before[code] != entry:
            yield _change(section, code, entry, ChangeKind.CHANGED, _lines(a, before[code], b, entry))
    for code, entry in before.items():
        if code not in after:
            lines = tuple(
                ChangeLine(field=_field(name), before=text, after="") for name, text in _told(a, entry).items()
            )
            yield _change(section, code, entry, ChangeKind.REMOVED, lines)
    if section in ORDERED:
        old, new = [code for code in before if code in after], [code for code in after if code in before]
        if old != new:
            line = ChangeLine(field="次序", before="、".join(old), after="、".join(new))
            yield _change(section, "", None, ChangeKind.CHANGED, (line,))


def _change(section: str, code: str, entry: object, kind: ChangeKind, lines: tuple[ChangeLine, ...]) -> EntryChange:
    return EntryChange(
        section=section,
        section_title=SECTIONS.get(section, section),
        code=code,
        title=str(getattr(entry, "title", "") or getattr(entry, "label", "")),
        kind=kind,
        lines=lines,
    )


def _lines(a: Catalogue, before: msgspec.Struct, b: Catalogue, after: msgspec.Struct) -> tuple[ChangeLine, ...]:
    lines: list[ChangeLine] = []
    for name in after.__struct_fields__:
        old, new = _value(before, name), _value(after, name)
        if old == new:
            continue
        if _several(old) or _several(new):
            kinds = _kind(before), _kind(after)
            gone, come = (
                [said(a, part, kinds[0]) for part in old or ()],
                [said(b, part, kinds[1]) for part in new or ()],
            )
            lines += _members(name, gone, come)
        elif _days(old) or _days(new):
            days = [said(a, _without(old, new)), said(b, _without(new, old))]
            lines.append(ChangeLine(field=_field(name), before=_or_empty(days[0]), after=_or_empty(days[1])))
        else:
            told = _told_field(a, name, old, _kind(before)), _told_field(b, name, new, _kind(after))
            lines.append(ChangeLine(field=_field(name), before=told[0], after=told[1]))
    return tuple(lines)


def _value(entry: msgspec.Struct, name: str) -> Any:  # noqa: ANN401 - of any field
    """A field; empty where it is left out."""
    value = getattr(entry, name, None)
    return () if value is msgspec.UNSET else value


def _several(value: object) -> bool:
    """Whether a value is a list of structures, compared member by member."""
    return isinstance(value, tuple) and bool(value) and isinstance(value[0], msgspec.Struct)


def _days(value: object) -> bool:
    """Whether a value is a list of days: what came and went is told, not the whole year."""
    return isinstance(value, tuple) and bool(value) and isinstance(value[0], date)


def _without(days: object, others: object) -> tuple[object, ...]:
    assert isinstance(days, tuple) and isinstance(others, tuple)
    return tuple(day for day in days if day not in others)


def _or_empty(text: str) -> str:
    return "" if text == NONE else text


def _members(name: str, before: list[str], after: list[str]) -> list[ChangeLine]:
    field = _field(name)
    lines = [ChangeLine(field=field, before=text, after="") for text in before if text not in after]
    lines += [ChangeLine(field=field, before="", after=text) for text in after if text not in before]
    return lines or [ChangeLine(field=f"{field}次序", before="; ".join(before), after="; ".join(after))]


def _told(catalogue: Catalogue, entry: msgspec.Struct) -> dict[str, str]:
    """An entry's fields in Chinese, without what is empty and its code."""
    told: dict[str, str] = {}
    for name in entry.__struct_fields__:
        value = _value(entry, name)
        if name not in ("code", "name") and value not in (None, "", (), False):
            told[name] = _told_field(catalogue, name, value, _kind(entry))
    return told


def _told_field(catalogue: Catalogue, name: str, value: object, kind: str) -> str:
    """A field's value; entries of other sections by title."""
    section: dict[str, Any] = getattr(catalogue, _REFERENCES.get(name, ""), {})
    codes = (value,) if isinstance(value, str) else value
    if not section or not isinstance(codes, tuple) or not all(code in section for code in codes):
        return said(catalogue, value, kind)
    return "、".join(section[code].title for code in codes) or NONE


def _kind(entry: msgspec.Struct) -> str:
    """Type of the numbers that an entry holds, where it says so: facts and parameters do."""
    return str(getattr(entry, "type", ""))


def _field(name: str) -> str:
    return FIELDS.get(name, name)


def said(catalogue: Catalogue, value: object, kind: str = "") -> str:
    """Any value of a catalogue in Chinese. `kind` is the type of whole numbers in it."""
    if value is None or value == "" or value == ():
        return NONE
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, StrEnum):
        return _enum(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Period):
        return period_in_words(value)
    if isinstance(value, Citation):
        return citation_in_words(catalogue, value)
    if isinstance(value, FirstDefinition):
        return first_in_words(value)
    if isinstance(value, Correction):
        return correction_in_words(value)
    if isinstance(value, Span):
        return span_in_words(value)
    if isinstance(value, tuple):
        return "、".join(said(catalogue, part, kind) for part in value)
    if isinstance(value, dict):
        return "、".join(f"{key}: {said(catalogue, part)}" for key, part in value.items())
    if isinstance(value, msgspec.Struct):
        told = {name: said(catalogue, getattr(value, name), kind or _kind(value)) for name in _told(catalogue, value)}
        return ", ".join(f"{_field(name)} {text}" for name, text in told.items()) or NONE
    return _number(value, kind) if isinstance(value, int) else str(value)


def _number(value: int, kind: str) -> str:
    if kind == "money":
        return money_in_words(value)
    if kind == "flag":
        return "是" if value else "否"
    return f"{value}{_UNITS.get(kind, '')}"


def _enum(value: StrEnum) -> str:
    for titles in (RANKS, KINDS, FACT_TYPES, FACT_SOURCES, ELEMENTS, AREAS, SOURCES):
        for member, title in titles.items():
            if member is value:
                return title
    return value.value
