"""From a directory of YAML files and tables to one rule set, or to all its faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..errors import Fault, RuleSetFault
from .bundle import RuleSet
from .catalogue import Catalogue
from .check import check
from .language import Place
from .library import CATALOGUE_SECTIONS, PlacedValue
from .reader import read
from .reader_verification import Register, read_as_written
from .source import MAX_BYTES, Faults, parse
from .source import Mapping as MappingNode
from .tables import Table, attach_rows, is_table_file, read_tables
from .verification import FOLDER, VerifiedLine

_SKIPPED = frozenset({"forms", "schema", "tests"})
"""Folders beside the rules that hold none."""


@dataclass(frozen=True, slots=True)
class LoadedRuleSet:
    """A rule set that was read and found sound, with what it was read from."""

    rule_set: RuleSet
    warnings: tuple[Fault, ...]
    """What is allowed but looks unmeant, by file, line and column."""
    files: dict[str, bytes]
    """Contents by path relative to the directory, with forward slashes, in order."""
    places: dict[str, Place]
    """Where each version of a rule stands, by its key."""
    register: Register
    """What in it can be compared with texts, what was, and where that stands."""

    def placed(self, fault: Fault, path: Path) -> Fault:
        """A fault that names a rule alone, by id or key, with the rule's place; the directory's where it names none."""
        keys = [key for key in self.places if fault.rule and fault.rule in (key, key.partition("@")[0])]
        if not keys:
            return Fault(str(path), 1, 1, fault.message, fault.hint, fault.rule)
        place = self.places[keys[0]]
        return Fault(place.file, place.line, place.column, fault.message, fault.hint, fault.rule)


def read_directory(path: Path) -> LoadedRuleSet:
    """The rule set of all YAML, CSV and XLSX files below a directory, but `forms`, `schema`, `tests` and hidden ones.

    Raises `RuleSetFault` with all faults; files are named as `path` is.
    """
    return read_texts(_contents(path), directory=str(path))


def read_apart(path: Path) -> LoadedRuleSet:
    """The library without its register of verification, whose lines stand beside it, held against nothing yet.

    What is verified no longer can so be read, and verified again. Raises `RuleSetFault` as `read_directory` does.
    """
    texts = _contents(path)
    lines = {name: content for name, content in texts.items() if PurePosixPath(name).parts[0] == FOLDER}
    loaded = read_texts({name: texts[name] for name in texts.keys() - lines.keys()}, directory=str(path))
    faults = Faults()
    roots = [parse(str(path / name), content, faults) for name, content in sorted(lines.items())]
    loaded.register.read((root for root in roots if root is not None), faults)
    if faults.found:
        raise RuleSetFault(faults.sorted())
    return loaded


def read_texts(
    texts: Mapping[str, bytes], directory: str = "", instead: Mapping[str, MappingNode] | None = None
) -> LoadedRuleSet:
    """The rule set of files given by relative path; in faults, the directory goes before the path.

    The order of the mapping does not matter: files are read in the order of their paths. `instead` has the nodes of
    files that are not yet written, by path: their faults stand where the nodes do.
    Raises `RuleSetFault` with all faults.
    """
    instead = instead or {}
    faults = Faults()
    files = {name: texts.get(name, b"") for name in sorted({*texts, *instead})}
    warnings = Faults()
    roots: list[MappingNode] = []
    tables: list[Table] = []
    lines: list[PlacedValue[VerifiedLine]] = []
    for name, content in files.items():
        file = str(Path(directory) / name)
        if name in instead:
            roots.append(instead[name])
        elif is_table_file(name):
            found = read_tables(file, content, faults, warnings)
            tables += found
            roots += [table.root for table in found]
        elif name.startswith(f"{FOLDER}/") and (ready := read_as_written(file, content)) is not None:
            lines += ready
        elif (root := parse(file, content, faults)) is not None:
            roots.append(root)
    library = read(roots, faults, lines)
    attach_rows(library, tables, faults)
    catalogue = Catalogue(**{section: library.by_code(section) for section in CATALOGUE_SECTIONS})
    check(library, catalogue, faults, warnings)
    if faults.found:
        raise RuleSetFault(faults.sorted())
    rules = tuple(placed.value for placed in library.rules)
    rule_set = RuleSet(catalogue=catalogue, rules=rules, verifications=library.register.in_order())
    places = {placed.value.key: placed.at("id") for placed in library.rules}
    return LoadedRuleSet(rule_set, warnings.sorted(), files, places, library.register)


def _contents(path: Path) -> dict[str, bytes]:
    """The rule files by relative path. Raises `RuleSetFault` where there are none or one can't be read."""
    top = Place(file=str(path), line=1, column=1)
    faults = Faults()
    if not path.is_dir():
        faults.add(top, "没有这个目录", "请写规则库所在的目录, 例如 rules")
        raise RuleSetFault(faults.sorted())
    texts: dict[str, bytes] = {}
    for name in _names(path):
        try:
            with (path / name).open("rb") as file:
                texts[name] = file.read(MAX_BYTES + 1)
        except OSError as error:
            place = Place(file=str(path / name), line=1, column=1)
            faults.add(place, f"文件读不出来({error.strerror})", "检查文件权限")
    if faults.found:
        raise RuleSetFault(faults.sorted())
    if not texts:
        faults.add(top, "目录里没有规则文件", "规则文件以 .yaml、.yml、.csv 或 .xlsx 结尾")
        raise RuleSetFault(faults.sorted())
    return texts


def _names(path: Path) -> list[str]:
    """Relative paths of the rule files, sorted."""
    names = []
    for file in path.rglob("*"):
        relative = file.relative_to(path)
        folders = relative.parts[:-1]
        hidden = any(part.startswith(".") for part in relative.parts)
        is_rule_file = file.suffix.lower() in {".yaml", ".yml"} or is_table_file(file.name)
        if hidden or _SKIPPED.intersection(folders) or not is_rule_file or file.name.startswith("~$"):
            continue  # a spreadsheet program keeps `~$name` beside a file that is open
        if file.is_file():
            names.append(relative.as_posix())
    return sorted(names)
