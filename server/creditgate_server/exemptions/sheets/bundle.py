"""Lists to take along: JSON, page and manifest in one archive. The same rules give the same bytes.

A page prints well: A4 landscape, the official columns, their titles on every page.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import msgspec

from ...pages.rendering import rendered
from ...rulebook.bundle import RuleSet
from ...rulebook.catalogue import Catalogue, Citation
from ...rulebook.exemption_rules import rule_id_of
from ...rulebook.language import Condition, Rule
from ...rulebook.saying import explain, titles_of
from ...rulebook.titles import ELEMENTS, EXEMPTION_KINDS
from ...rulebook.words import (
    condition_in_lines,
    correction_in_words,
    first_in_words,
    numbered,
    organ_in_words,
    span_in_words,
)
from .archive import archive
from .columns import BASIC_CODE, CIRCUMSTANCES, NUMBER, REMARK, TITLE, official_columns
from .digest import list_content, list_digest
from .typed import (
    TypedEntry,
    TypedList,
    basis_of,
    derived_words,
    facts_of_list,
    has_range,
    measures_in_words,
    measures_of,
    named_in,
    split_remark,
)


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry: its cells by header, and what the official columns have no place for."""

    cells: dict[str, str]
    days: str
    """Its own period in words, where it is another than the list's."""
    verified: bool


def page(rule_set: RuleSet, listed: TypedList) -> str:
    """The page. The same list gives the same text."""
    value = listed.value
    return rendered(
        "sheet.html.j2",
        title=value.title,
        facts=facts_of_list(rule_set.catalogue, value),
        columns=official_columns(ranged=has_range(listed)),
        number=NUMBER,
        remark=REMARK,
        rows=[_row(rule_set, listed, number, one) for number, one in enumerate(listed.entries, start=1)],
        notes=_notes(rule_set.catalogue, listed),
        digest=f"清单 {value.code} {list_digest(rule_set, value.code)}",
    )


def _row(rule_set: RuleSet, listed: TypedList, number: int, one: TypedEntry) -> EntryRow:
    remark = split_remark(one.version.remark) if has_range(listed) else {REMARK: one.version.remark}
    own = one.version.effective
    days = ""
    if own is not None and own != listed.value.effective:
        days = f"({own.start} 起{f', 至 {own.until}' if own.until else ''})"
    cells = {
        NUMBER: str(number),
        **derived_words(rule_set.catalogue, listed.value, one),
        TITLE: one.entry.title,
        BASIC_CODE: one.entry.basic_code,
        CIRCUMSTANCES: one.version.circumstances,
        **remark,
    }
    return EntryRow(cells, days, named_in(listed.value, one) in rule_set.verified)


def _notes(catalogue: Catalogue, listed: TypedList) -> tuple[tuple[str, str], ...]:
    """The list's own definitions, for under the table."""
    value = listed.value
    kinds = dict.fromkeys(EXEMPTION_KINDS[one.version.kind] for one in listed.entries)
    return (
        ("类别", "、".join(kinds)),
        ("各事项都要求", "、".join(ELEMENTS[one] for one in value.requires)),
        ("初次违法", first_in_words(value.first) if value.first else ""),
        ("及时改正", correction_in_words(value.corrected) if value.corrected else ""),
        ("不适用情形", "; ".join(one.title for one in listed.unless)),
        ("配套监管措施", measures_in_words(catalogue, value.measures)),
        ("备注", value.remark),
    )


FORMAT = "creditgate.exemption-list/1"
"""Form of a list's JSON, with its version."""
MANIFEST_FORMAT = "creditgate.exemption-bundle/1"


def bundle(rule_set: RuleSet, lists: list[TypedList]) -> bytes:
    """The archive of some lists: manifest.json, and for each list CODE.json and CODE.html."""
    files: dict[str, bytes] = {}
    for one in lists:
        files[f"{one.value.code}.json"] = msgspec.json.encode(as_json(rule_set, one), order="sorted")
        files[f"{one.value.code}.html"] = page(rule_set, one).encode()
    manifest = {
        "format": MANIFEST_FORMAT,
        "rule_set": rule_set.digest,
        "lists": [
            {"code": one.value.code, "title": one.value.title, "digest": list_digest(rule_set, one.value.code)}
            for one in lists
        ],
        "files": {name: f"sha256:{hashlib.sha256(content).hexdigest()}" for name, content in files.items()},
    }
    return archive({"manifest.json": msgspec.json.encode(manifest, order="sorted"), **dict(sorted(files.items()))})


def as_json(rule_set: RuleSet, listed: TypedList) -> dict[str, Any]:
    """A list as JSON: for people in words, for programs typed. The digest is that of `content`."""
    return {
        "format": FORMAT,
        "rule_set": rule_set.digest,
        "digest": list_digest(rule_set, listed.value.code),
        "list": _list(rule_set, listed),
        "entries": [_entry(rule_set, listed, number, one) for number, one in enumerate(listed.entries, start=1)],
        "content": msgspec.to_builtins(list_content(rule_set, listed.value.code)),
    }


def _list(rule_set: RuleSet, listed: TypedList) -> dict[str, Any]:
    catalogue, value = rule_set.catalogue, listed.value
    instrument = catalogue.instruments[value.instrument]
    return {
        "code": value.code,
        "title": value.title,
        "version": value.version,
        "region": _named(value.region, catalogue.regions[value.region].title),
        "organ": _named(value.organ, organ_in_words(catalogue, value.organ, value.region)),
        "instrument": {**_named(instrument.code, instrument.title), "number": instrument.number},
        **_days(value.effective.start, value.effective.until),
        "requires": [_named(one.value, ELEMENTS[one]) for one in value.requires],
        "first": first_in_words(value.first) if value.first else "",
        "corrected": correction_in_words(value.corrected) if value.corrected else "",
        "measures": _measures(catalogue, value.measures),
        "recheck": span_in_words(value.recheck) if value.recheck else "",
        "exclusions": [
            {
                **_named(one.code, one.title),
                "conditions": _lines(rule_set, one.when),
                "basis": _basis(catalogue, one.basis),
            }
            for one in listed.unless
        ],
        "remark": value.remark,
        "verified": catalogue.exemption_lists[value.code].verified,
    }


def _entry(rule_set: RuleSet, listed: TypedList, number: int, one: TypedEntry) -> dict[str, Any]:
    catalogue = rule_set.catalogue
    rule = _rule(rule_set, listed, one)
    return {
        "number": number,
        "code": one.entry.code,
        "title": one.entry.title,
        "basic_code": one.entry.basic_code,
        "organ": _named(one.entry.organ, organ_in_words(catalogue, one.entry.organ, listed.value.region)),
        "kind": _named(one.version.kind.value, EXEMPTION_KINDS[one.version.kind]),
        "keywords": list(one.entry.keywords),
        "penalty_basis": _basis(catalogue, one.entry.penalty_basis),
        "circumstances": one.version.circumstances,
        "conditions": _lines(rule_set, rule.when),
        "when": msgspec.to_builtins(rule.when),
        "gives": explain(rule_set, rule).gives,
        "basis": _basis(catalogue, basis_of(listed.value, one)),
        "measures": _measures(catalogue, measures_of(listed.value, one)),
        "remark": one.version.remark,
        **_days(rule.effective.start, rule.effective.until),
        "rule": rule.key,
        "verified": rule.verified,
    }


def _rule(rule_set: RuleSet, listed: TypedList, one: TypedEntry) -> Rule:
    """The rule that an entry comes to."""
    name = rule_id_of(one.entry.code, listed.value.code, one.version.kind)
    start = (one.version.effective or listed.value.effective).start
    return next(rule for rule in rule_set.rules if rule.id == name and rule.effective.start == start)


def _named(code: str, title: str) -> dict[str, str]:
    return {"code": code, "title": title}


def _days(start: object, until: object) -> dict[str, str | None]:
    return {"from": str(start), "until": None if until is None else str(until)}


def _measures(catalogue: Catalogue, codes: tuple[str, ...]) -> list[dict[str, Any]]:
    return [
        {
            **_named(code, catalogue.soft_measures[code].title),
            "basis": _basis(catalogue, catalogue.soft_measures[code].basis),
        }
        for code in codes
    ]


def _basis(catalogue: Catalogue, basis: tuple[Citation, ...]) -> list[dict[str, str]]:
    return [
        {
            "instrument": one.instrument,
            "title": catalogue.instruments[one.instrument].title,
            "number": catalogue.instruments[one.instrument].number,
            "article": one.article,
        }
        for one in basis
    ]


def _lines(rule_set: RuleSet, condition: Condition | None) -> list[dict[str, Any]]:
    """A condition as sentences, each with its number and depth."""
    lines = numbered(condition_in_lines(rule_set.catalogue, condition, titles_of(rule_set)))
    return [{"depth": depth, "number": number, "text": text} for depth, number, text in lines]
