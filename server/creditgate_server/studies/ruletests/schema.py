"""JSON Schema of files of tests, made from the very readers that read them: what editors complete and check from."""

from __future__ import annotations

import json

from ...rulebook.bundle import RuleSet
from ...rulebook.schema import DIALECT
from ...rulebook.source import Faults
from .reader import FileReader

NAME = "tests.json"
"""The file's name among a library's schemas."""


def tests_schema(rule_set: RuleSet) -> bytes:
    """The schema as a file. Codes that the library knows are offered."""
    schema = {"$schema": DIALECT, "title": "信用门规则库: 用例", **FileReader(rule_set, Faults()).schema()}
    return (json.dumps(schema, ensure_ascii=False, indent=1) + "\n").encode()
