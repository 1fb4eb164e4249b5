"""Takes the lists of a workbook into a rule library: the changed files, whole and sound, or all faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import RuleSetFault
from ..rulebook.load import Loaded, read_texts
from ..rulebook.source import Faults
from .official import FITS, FITS_FACT
from .reading import read_workbook
from .source import Element, read_sources, replaced


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import comes to."""

    lists: tuple[str, ...]
    """Codes, in the order of the workbook."""
    changed: dict[str, bytes]
    """Files that are to be written, by path relative to the library."""
    library: Loaded
    """The library with them."""


def import_workbook(
    file: str, content: bytes, texts: Mapping[str, bytes], library: Loaded, official: Element | None = None
) -> Imported:
    """The library's files with the workbook's lists. `texts`: the library's files as they are; nothing is written here.

    Raises RuleSetFault with every wrong cell, or with what is wrong with the library as it would be.
    """
    faults = Faults()
    catalogue = library.rule_set.catalogue
    lists = read_workbook(file, content, catalogue, faults, official)
    if faults.found:
        raise RuleSetFault(faults.sorted())
    files = read_sources(texts)
    for one in lists:
        value = {name: field for name, field in one.value.items() if name != "kind"}
        one.value = value
        files = replaced(files, one)
    if official is not None and FITS not in catalogue.facts:
        home = next(
            one for one in files if any(part["code"] == official["code"] for part in one.content["exemption_lists"])
        )
        home.content = {"facts": [dict(FITS_FACT)], **home.content}
    written = {one.name: one.text().encode() for one in files}
    changed = {
        name: text for name, text in written.items() if texts.get(name) != text and _differs(texts.get(name), text)
    }
    after = read_texts({**texts, **changed})
    return Imported(tuple(str(one.value["code"]) for one in lists), changed, after)


def _differs(before: bytes | None, after: bytes) -> bool:
    """Whether a file says something else than before, however it is written."""
    if before is None:
        return True
    old, new = read_sources({"a.yaml": before}), read_sources({"a.yaml": after})
    return [one.content for one in old] != [one.content for one in new]
