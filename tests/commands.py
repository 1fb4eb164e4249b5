"""The operator's command in this process: what it says and its exit status, for tests that are not about a process.

That it is a command, with two streams and a status, `tests/service/test_life.py` and the tours in the papers show.
"""

from __future__ import annotations

import os
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from unittest.mock import patch

from creditgate_server.cli.main import run


@dataclass(frozen=True)
class Done:
    """As `subprocess.run` tells it."""

    returncode: int
    stdout: str
    stderr: str


def command(*arguments: object) -> Done:
    """Run `creditgate-server` with these arguments and no settings of the environment."""
    out, told = _stream(), _stream()
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CREDITGATE_")}
    with patch.dict(os.environ, clean, clear=True), redirect_stdout(out), redirect_stderr(told):
        try:
            status = run([str(argument) for argument in arguments])
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else 1
    return Done(status, _text(out), _text(told))


def _stream() -> TextIOWrapper:
    return TextIOWrapper(BytesIO(), "utf-8", write_through=True)


def _text(stream: TextIOWrapper) -> str:
    written = stream.buffer
    assert isinstance(written, BytesIO)
    return written.getvalue().decode()
