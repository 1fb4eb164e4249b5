"""JSON Schema of rule files, made from the very readers that read them: what editors complete and check from.

Codes that the library knows are offered; others are allowed too, so that a schema made before an edit never calls a
new code wrong. Facts, whose type decides what may be compared, are named exactly.
"""

from __future__ import annotations

import json
from typing import Any

from .bundle import RuleSet
from .catalogue import Catalogue
from .language import Book
from .library import CATALOGUE_SECTIONS
from .reader import SECTION_SCHEMAS, RuleReader
from .reader_conditions import FactTable, conditions_schema
from .reader_exemptions import EXEMPTION_SCHEMAS
from .reader_values import Schema
from .reader_verification import LINE_SCHEMA
from .verification import SECTION as VERIFICATIONS

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FOLDER = "schema"
"""Where the schemas stand in a rule library."""

_CODES = {
    "instrument": "instruments",
    "measure": "measures",
    "grade": "grades",
    "level": "levels",
    "param": "parameters",
    "organ": "organs",
    "feed": "feeds",
    "ladder": "ladders",
}
"""Fields that hold one code, with the section that knows it."""
_CODE_LISTS = {
    "items": "items",
    "traits": "traits",
    "organs": "organs",
    "statutes": "instruments",
    "kinds": "record_kinds",
    "lists": "lists",
    "yields_to": "measures",
}
"""Fields that hold several."""


def schemas(rule_set: RuleSet) -> dict[str, bytes]:
    """The schema files of a library by name: for the catalogue, exemption lists, the register, and each book."""
    catalogue = rule_set.catalogue
    found = {"catalogue.json": _catalogue_schema(catalogue), "exemptions.json": _exemptions_schema(catalogue)}
    found["verification.json"] = _register_schema()
    for book in Book:
        found[f"{book.value}.json"] = _book_schema(book, rule_set)
    return {name: _written(schema) for name, schema in found.items()}


def _catalogue_schema(catalogue: Catalogue) -> Schema:
    sections = {
        name: {"type": "array", "items": _with_codes(SECTION_SCHEMAS[name], catalogue), "minItems": 1}
        for name in CATALOGUE_SECTIONS
        if name not in EXEMPTION_SCHEMAS
    }
    return {
        "$schema": DIALECT,
        "title": "信用门规则库: 目录",
        "type": "object",
        "properties": sections,
        "additionalProperties": False,
        "minProperties": 1,
    }


def _exemptions_schema(catalogue: Catalogue) -> Schema:
    schemas = {**EXEMPTION_SCHEMAS, "facts": SECTION_SCHEMAS["facts"]}  # a list may bring facts that it alone tests
    sections = {
        name: {"type": "array", "items": _with_codes(schema, catalogue), "minItems": 1}
        for name, schema in schemas.items()
    }
    return {
        "$schema": DIALECT,
        "title": "信用门规则库: 免罚清单",
        "type": "object",
        "properties": sections,
        "additionalProperties": False,
        "minProperties": 1,
        "$defs": {"condition": _with_codes(conditions_schema(catalogue.facts), catalogue)},
    }


def _register_schema() -> Schema:
    return {
        "$schema": DIALECT,
        "title": "信用门规则库: 核实登记",
        "type": "object",
        "properties": {VERIFICATIONS: {"type": "array", "items": LINE_SCHEMA}},
        "required": [VERIFICATIONS],
        "additionalProperties": False,
    }


def _book_schema(book: Book, rule_set: RuleSet) -> Schema:
    catalogue = rule_set.catalogue
    rule = RuleReader(book, FactTable(catalogue.facts)).schema()
    findings = sorted({entry.id for entry in rule_set.rules if list(Book).index(entry.book) < list(Book).index(book)})
    condition = _with_codes(conditions_schema(catalogue.facts), catalogue)
    for branch in condition["anyOf"]:
        if "finding" in branch["properties"]:
            branch["properties"]["finding"] = _offered(branch["properties"]["finding"], findings)
    return {
        "$schema": DIALECT,
        "title": f"信用门规则库: {book.value} 册",
        "type": "object",
        "properties": {
            "book": {"const": book.value},
            "rules": {"type": "array", "items": _with_codes(rule, catalogue), "minItems": 1},
        },
        "required": ["book", "rules"],
        "additionalProperties": False,
        "$defs": {"condition": condition},
    }


def _with_codes(schema: Schema, catalogue: Catalogue) -> Schema:
    """The schema with the library's codes offered where a field takes them."""
    return {key: _inner(key, value, catalogue) for key, value in schema.items()}


def _inner(key: str, value: Any, catalogue: Catalogue) -> Any:  # noqa: ANN401 - JSON
    if key == "properties":
        return {name: _field(name, one, catalogue) for name, one in value.items()}
    if isinstance(value, dict):
        return _with_codes(value, catalogue)
    if isinstance(value, list):
        return [_with_codes(one, catalogue) if isinstance(one, dict) else one for one in value]
    return value


def _field(name: str, schema: Schema, catalogue: Catalogue) -> Schema:
    if name in _CODES and "pattern" in schema:
        return _offered(schema, list(getattr(catalogue, _CODES[name])))
    if name in _CODE_LISTS and "pattern" in schema.get("items", {}):
        return {**schema, "items": _offered(schema["items"], list(getattr(catalogue, _CODE_LISTS[name])))}
    return _with_codes(schema, catalogue)


def _offered(schema: Schema, known: list[str]) -> Schema:
    return {"anyOf": [{"enum": known}, schema]} if known else schema


def _written(schema: Schema) -> bytes:
    return (json.dumps(schema, ensure_ascii=False, indent=1) + "\n").encode()
