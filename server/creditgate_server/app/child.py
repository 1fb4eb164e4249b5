"""One worker process, seen from the supervisor: start it, hear it, end it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Mapping

import msgspec
import structlog

from .messages import Message, Ready, StartFailure, decode

_log = structlog.get_logger("creditgate.supervisor")

_LONGEST_MESSAGE = 64 * 1024
_EXIT_SECONDS = 5.0
"""From a worker's last word to its end."""


class Child:
    """A running worker process. Made by `start`."""

    def __init__(self, process: asyncio.subprocess.Process, messages: asyncio.StreamReader) -> None:
        self._process = process
        self._messages = messages
        self.ready = False
        self.failure = ""
        """Why it could not start, in words; empty where it said nothing."""

    @classmethod
    async def start(cls, commission: bytes, environment: Mapping[str, str]) -> Child:
        """Start a worker and hand it its commission. Its standard input stays open: its end is the worker's."""
        ours, theirs = os.pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "creditgate_server.app",
                str(theirs),
                stdin=asyncio.subprocess.PIPE,
                stdout=sys.stderr.fileno(),  # the ready line alone belongs on standard output
                pass_fds=(theirs,),
                env=dict(environment),
            )
        finally:
            os.close(theirs)
        reader = asyncio.StreamReader(limit=_LONGEST_MESSAGE)
        pipe = os.fdopen(ours, "rb")
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
        child = cls(process, reader)
        if process.stdin is None:
            raise AssertionError("a worker has a standard input")
        with contextlib.suppress(ConnectionError):  # died already: the messages end, which says so
            process.stdin.write(commission)
            await process.stdin.drain()
        return child

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    async def hear(self, seconds: float) -> Message | None:
        """The next message; None where the worker died. Raises TimeoutError where it is silent for so long."""
        async with asyncio.timeout(seconds):
            line = await self._messages.readline()
        if not line:
            return None
        try:
            message = decode(line)
        except msgspec.DecodeError:  # cut off in the middle of a line by its death
            return None
        if isinstance(message, Ready):
            self.ready = True
        if isinstance(message, StartFailure):
            self.failure = message.message
        return message

    async def become_ready(self, seconds: float) -> bool:
        """Wait until it serves; False where it failed, died or took longer."""
        try:
            async with asyncio.timeout(seconds):
                while not self.ready and not self.failure:
                    if await self.hear(seconds) is None:
                        break
        except TimeoutError:
            self.failure = f"工作进程 {seconds:g} 秒内未就绪"
        return self.ready

    async def live(self, silence_seconds: float) -> int:
        """Listen to it until it ends or falls silent, which ends it too. Returns the exit status."""
        try:
            while await self.hear(silence_seconds) is not None:
                pass
        except TimeoutError:
            _log.error("worker silent, killed", pid=self.pid, seconds=silence_seconds)
            return await self.kill()
        return await self.end(_EXIT_SECONDS)

    def terminate(self) -> None:
        """Ask it to drain and end."""
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()

    async def kill(self) -> int:
        """End it at once where it still lives, and take its exit status."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        return await self._process.wait()

    async def end(self, seconds: float) -> int:
        """Wait for it to end by itself for so long, then kill it."""
        try:
            async with asyncio.timeout(seconds):
                return await self._process.wait()
        except TimeoutError:
            _log.error("worker did not end in time, killed", pid=self.pid)
            return await self.kill()
