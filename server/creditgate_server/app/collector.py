"""The garbage collector of a process of ours: what is imported stays, so it is not looked through again and again."""

from __future__ import annotations

import atexit
import gc

_COLLECT_AFTER = 50_000
"""Objects more than before, and the collector looks at the young ones."""


def spare() -> None:
    """Call it before what takes long is imported. Without it a fifth of a start goes into collecting nothing."""
    gc.set_threshold(_COLLECT_AFTER)
    atexit.register(gc.freeze)  # the interpreter's end looks through all that is left, to free what is freed anyway
