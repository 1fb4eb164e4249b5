"""The command `creditgate-server`."""

from __future__ import annotations

import sys

_FIRST_PYTHON_TOO_NEW = (3, 13)


def main() -> None:
    """Run the command. The engine can't be imported on newer Pythons: say so before anything tries."""
    if sys.version_info >= _FIRST_PYTHON_TOO_NEW:
        version = ".".join(str(part) for part in sys.version_info[:2])
        sys.stderr.write(f"creditgate-server: 规则引擎只支持 Python 3.11 和 3.12, 当前为 {version}; 请换用后重新安装\n")
        sys.exit(1)
    from .main import app

    app()
