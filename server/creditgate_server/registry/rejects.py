"""The file of rows that were not taken."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from contextlib import ExitStack
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from ..files.harmless import harmless_row
from ..files.whole import writing_whole
from .cells import RowFault
from .understanding import Understanding

_PERSONAL = frozenset({"id_number", "representative_id", "principal_id", "responsible_id", "other_id", "subject"})
"""Fields whose cells may be citizens' numbers."""
NOT_KEPT = "(不保留)"
_OF_THE_REJECT = ("行号", "字段", "原因")


def reject_file(path: Path) -> Path:
    """Where the rejected rows of a file go, unless the operator says where."""
    return path.with_name(f"{path.name}.rejects.csv")


class Rejects(ExitStack):
    """Rows that were not taken; the file is made when the first one comes, whole or not there."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self._headers: tuple[str, ...] = ()
        self._personal: set[int] = set()
        self._left_out = 0
        self._writer: Any = None

    def of(self, found: Understanding) -> None:
        """Whose rows they are."""
        self._headers = found.headers
        self._personal = personal_places(found)
        again = tuple(found.headers[: len(_OF_THE_REJECT)]) == _OF_THE_REJECT
        self._left_out = len(_OF_THE_REJECT) if again else 0  # rows that were set aside once before

    def add(self, number: int, fault: RowFault, cells: Sequence[str]) -> None:
        """Set a row aside: row number, field, reason, and the cells as they came, citizen numbers masked."""
        if self._writer is None:
            file = self.enter_context(writing_whole(self.path))
            self._writer = csv.writer(TextIOWrapper(file, "utf-8-sig", newline="", write_through=True))
            self._writer.writerow(harmless_row([*_OF_THE_REJECT, *self._headers[self._left_out :]]))
        shown = [NOT_KEPT if cell and place in self._personal else cell for place, cell in enumerate(cells)]
        self._writer.writerow(harmless_row([number, fault.field, fault.reason, *shown[self._left_out :]]))


def personal_places(found: Understanding) -> set[int]:
    """Columns whose cells are not to be shown: by what they bring, or by their headers."""
    by_header = {place for place, header in enumerate(found.headers) if "证件号" in header or "身份证" in header}
    return by_header | {place for field, place in found.places.items() if field in _PERSONAL}
