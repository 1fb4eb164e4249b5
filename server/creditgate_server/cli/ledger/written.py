"""The files that ledger commands write."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from ...errors import SetupFault


def write_file(path: Path, content: bytes, mode: Literal["xb", "wb"] = "xb") -> None:
    """As a new file; with `wb` over one that is there. Raises SetupFault."""
    try:
        with path.open(mode) as file:
            file.write(content)
    except OSError as fault:
        raise SetupFault(f"不能写 {path}: {fault.strerror}", "换一个文件名") from fault
