"""Where the time of a check goes: one worker's road in this process, under cProfile."""

import asyncio
import cProfile
import pstats
from contextlib import closing
from pathlib import Path

from creditgate.v1 import credit_check_pb2
from creditgate_server.app.build import build_gate, close_gate
from creditgate_server.publication.publisher import install
from creditgate_server.registry.identity import PersonKey, key_path
from creditgate_server.rulebook.load import read_directory
from creditgate_server.service.credit_check import CreditCheck
from creditgate_server.settings import Settings
from creditgate_server.storage.database import migrate, open_store

from . import service

CALLS = 3_000
STAGES = (
    ("request checked (unpack)", "unpack.py", "unpack_check"),
    ("what the registry knows", "lookup.py", "known"),
    ("judged (dossier, engine, decision)", "judge.py", "check"),
    ("  of it the engine's session", "durable.py", "ask"),
    ("  of it reasons and precedence", "check.py", "decide"),
    ("receipt drafted (canonical JSON)", "receipts.py", "check_draft"),
    ("answer packed", "pack.py", "check"),
    ("counted and logged", "calls.py", "_record"),
    ("the whole call, waiting for the commit left out", "", ""),
)


class _NoCall:
    """Stands for gRPC's context: a call without metadata."""

    def invocation_metadata(self) -> tuple[()]:
        return ()


def table(folder: Path) -> str:
    """Microseconds of a varied check by stage, as a table."""
    profiler = cProfile.Profile()
    asyncio.run(_profile(folder, profiler))
    stats = pstats.Stats(profiler).stats  # type: ignore[attr-defined]
    lines = ["| step | us a call |", "|---|---|"]
    for words, file, name in STAGES:
        if file:
            seconds = sum(
                entry[3]
                for (path, _, function), entry in stats.items()
                if path.endswith(f"/{file}") and function == name
            )
        else:
            seconds = sum(entry[2] for (_, _, function), entry in stats.items() if "poll" not in function)
        lines.append(f"| {words} | {seconds / CALLS * 1e6:.0f} |")
    return "\n".join(lines)


async def _profile(folder: Path, profiler: cProfile.Profile) -> None:
    settings = Settings(store=f"sqlite:///{folder / 'one.db'}", log_level="warning", second_opinion_share=0)
    with closing(open_store(settings.store)) as store:
        migrate(store)
        PersonKey.load(key_path(store, None), create=True)
        install(store, read_directory(service.ROOT / "rules"), "bench")
    gate, _ = await build_gate((), settings)
    servicer = CreditCheck(gate, 1)
    requests = [one.SerializeToString() for one in service.varied(CALLS)]

    async def caller(place: int) -> None:
        for request in requests[place::16]:
            answer = await servicer.Check(credit_check_pb2.CheckRequest.FromString(request), _NoCall())
            answer.SerializeToString()

    profiler.enable()
    await asyncio.gather(*(caller(place) for place in range(16)))
    profiler.disable()
    await close_gate(gate)
