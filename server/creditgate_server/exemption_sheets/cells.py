"""Cells of a list's sheet into fields of the rule file: each by the very reader of rule files, at the cell's place."""

from __future__ import annotations

from typing import Any

import yaml

from ..rulebook.language import Place
from ..rulebook.reader_values import Reader, Trail
from ..rulebook.source import Faults, Node, Scalar, Unreadable, parse
from .columns import Column

_SHORT_WORDS = {"是": "true", "否": "false"}


class CellReader:
    """Reads cells by the readers of some fields."""

    def __init__(self, readers: dict[str, Reader[Any]], faults: Faults) -> None:
        self._readers = readers
        self._faults = faults

    def value(self, column: Column, text: str, place: Place) -> object:
        """The field's value as YAML has it. Raises Unreadable after the fault was noted at the cell."""
        before = len(self._faults.found)
        node = self._node(column, text, place)
        self._readers[column.field](node, Trail(self._faults, {(): node.place}))
        if len(self._faults.found) > before:  # noted by a list whose other parts were read
            raise Unreadable
        return text if column.text else yaml.safe_load(_SHORT_WORDS.get(text, text))

    def _node(self, column: Column, text: str, place: Place) -> Node:
        if column.text:
            return Scalar(text, quoted=True, place=place)
        written = f"v: {_SHORT_WORDS.get(text, text)}\n"
        root = parse(place.file, written.encode(), self._faults)
        if root is None:
            raise Unreadable
        return root.pairs["v"].value
