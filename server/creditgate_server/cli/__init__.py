"""The command `creditgate-server`."""

from __future__ import annotations

import sys
from importlib.util import find_spec

from ..app.collector import spare

_FIRST_PYTHON_TOO_NEW = (3, 13)


def main() -> None:
    """Run the command. The engine can't be imported on newer Pythons: say so before anything tries."""
    if sys.version_info >= _FIRST_PYTHON_TOO_NEW:
        version = ".".join(str(part) for part in sys.version_info[:2])
        sys.stderr.write(f"creditgate-server: 规则引擎只支持 Python 3.11 和 3.12, 当前为 {version}; 请换用后重新安装\n")
        sys.exit(1)
    if find_spec("msgspec") is None:  # the client's package alone brings this command, but not what it needs
        sys.stderr.write("creditgate-server: 没有安装服务端的依赖, 请运行 pip install 'creditgate[server]'\n")
        sys.exit(1)
    spare()
    from .main import run

    sys.exit(run(sys.argv[1:]))
