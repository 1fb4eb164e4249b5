"""What a watched directory was refused for, as it is kept with the act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import msgspec

from ..errors import Fault
from ..storage.database import Store
from .acts import ActKind, Recorded
from .history import report_of


def report(faults: Sequence[Fault]) -> bytes:
    """The faults as the act's report."""
    return msgspec.json.encode([asdict(fault) for fault in faults])


def refused(store: Store, acts: Sequence[Recorded]) -> tuple[str, ...]:
    """Why the directory's present content was refused, a line a fault; empty where the last act is no refusal.

    Raises StoreDown, StoreFault.
    """
    if not acts or acts[-1].act.kind is not ActKind.REFUSED:
        return ()
    entries = msgspec.json.decode(report_of(store, acts[-1].act.number), type=list[Fault])
    return tuple(str(fault) for fault in entries)
