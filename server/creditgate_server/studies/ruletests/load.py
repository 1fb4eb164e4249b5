"""From a library's folder `tests` to all its tests, or to all faults."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from ...errors import RuleSetFault
from ...rulebook.bundle import RuleSet
from ...rulebook.language import Place
from ...rulebook.schema import DIALECT
from ...rulebook.source import MAX_BYTES, Faults
from .language import Tests
from .reader import FileReader

FOLDER = "tests"
"""Folder of a library in which its tests stand."""


def read_tests(library: Path, rule_set: RuleSet) -> Tests:
    """All tests of the YAML files below a library's folder `tests`, hidden files aside.

    Raises `RuleSetFault` with all faults; files are named as `library` is.
    """
    folder = library / FOLDER
    faults = Faults()
    names = _names(folder) if folder.is_dir() else []
    if not names:
        hint = f"把用例文件放在 {folder}, 以 .yaml 结尾"
        faults.add(Place(file=str(folder), line=1, column=1), "没有规则用例", hint)
    texts: dict[str, bytes] = {}
    for name in names:
        try:
            with (folder / name).open("rb") as file:
                texts[str(folder / name)] = file.read(MAX_BYTES + 1)
        except OSError as error:
            place = Place(file=str(folder / name), line=1, column=1)
            faults.add(place, f"文件读不出来({error.strerror})", "检查文件权限")
    if faults.found:
        raise RuleSetFault(faults.sorted())
    return read_texts(texts, rule_set)


def read_texts(texts: Mapping[str, bytes], rule_set: RuleSet) -> Tests:
    """The tests of files given by path, read in the order of their paths. Raises `RuleSetFault` with all faults."""
    faults = Faults()
    reader = FileReader(rule_set, faults)
    files = tuple(sorted(texts))
    tests = tuple(test for file in files for test in reader.read(file, texts[file]))
    if faults.found:
        raise RuleSetFault(faults.sorted())
    return Tests(files, tests)


def _names(folder: Path) -> list[str]:
    """Relative paths of the test files, sorted."""
    names = []
    for file in folder.rglob("*"):
        relative = file.relative_to(folder)
        hidden = any(part.startswith(".") for part in relative.parts)
        if not hidden and file.suffix.lower() in {".yaml", ".yml"} and file.is_file():
            names.append(relative.as_posix())
    return sorted(names)


NAME = "tests.json"
"""The file's name among a library's schemas."""


def tests_schema(rule_set: RuleSet) -> bytes:
    """The schema as a file. Codes that the library knows are offered."""
    schema = {"$schema": DIALECT, "title": "信用门规则库: 用例", **FileReader(rule_set, Faults()).schema()}
    return (json.dumps(schema, ensure_ascii=False, indent=1) + "\n").encode()
