"""Both commands in this process: what they say and their exit status, for tests that are not about a process.

That they are commands, with two streams and a status, `tests/service/test_life.py`, `tests/client/test_command.py` and
the tours in the papers show.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from unittest.mock import patch

from creditgate.cli.main import run as run_client
from creditgate_server.cli.main import run


@dataclass(frozen=True)
class Done:
    """As `subprocess.run` tells it."""

    returncode: int
    stdout: str
    stderr: str


def command(*arguments: object) -> Done:
    """Run `creditgate-server` with these arguments and no settings of the environment."""
    return _done(run, arguments, {})


def client_command(*arguments: object, **environment: str) -> Done:
    """Run `creditgate` with these arguments and no settings of the environment but those given."""
    return _done(run_client, arguments, environment)


def refusal(done: Done, status: int) -> str:
    """What a command says that failed as promised: in Chinese, on standard error alone, without a traceback."""
    assert done.returncode == status, done.stderr
    assert done.stdout == ""
    assert "错误" in done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


def _done(run: Callable[[list[str]], int], arguments: Sequence[object], environment: Mapping[str, str]) -> Done:
    out, told = _stream(), _stream()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CREDITGATE_", "COLUMNS"))}
    with patch.dict(os.environ, kept | environment, clear=True), redirect_stdout(out), redirect_stderr(told):
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
