"""Where the time of a check goes: one worker's road in this process, under cProfile."""

import cProfile
import pstats
from contextlib import closing
from pathlib import Path

from creditgate.v1 import credit_check_pb2
from creditgate_server.app.worker import build_gate, close_gate
from creditgate_server.publication.publisher import install
from creditgate_server.registry.identity import PersonKey, key_path
from creditgate_server.rulebook.load import read_directory
from creditgate_server.service.batches import BatchLimit
from creditgate_server.service.callers import LOCAL_CALLER, Caller
from creditgate_server.service.calls import Call
from creditgate_server.service.credit_check import CreditCheck
from creditgate_server.settings import Settings
from creditgate_server.storage.database import migrate, open_store

from . import service

CALLS = 3_000
STAGES = (
    ("request checked (unpack)", "unpack.py", "unpack_check"),
    ("what the registry knows", "lookup.py", "known"),
    ("judged (dossier, engine, decision)", "judge.py", "judge"),
    ("  of it the engine's session", "durable.py", "ask"),
    ("  of it reasons and precedence", "decide.py", "decide"),
    ("receipt drafted (canonical JSON)", "receipts.py", "draft"),
    ("answer packed", "pack.py", "answer_bytes"),
    ("counted and logged", "calls.py", "record"),
    ("the whole call, waiting for the commit left out", "", ""),
)


class _NoCall:
    """Stands for gRPC's context: a call that is waited for."""

    def is_active(self) -> bool:
        return True

    def time_remaining(self) -> float:
        return 60.0


def table(folder: Path) -> str:
    """Microseconds of a varied check by stage, as a table."""
    profiler = cProfile.Profile()
    _profile(folder, profiler)
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
        if not seconds:
            raise RuntimeError(f"{file} has no {name} any more")
        lines.append(f"| {words} | {seconds / CALLS * 1e6:.0f} |")
    return "\n".join(lines)


def _profile(folder: Path, profiler: cProfile.Profile) -> None:
    settings = Settings(store=f"sqlite:///{folder / 'one.db'}", log_level="warning", second_opinion_share=0)
    with closing(open_store(settings.store)) as store:
        migrate(store)
        PersonKey.load(key_path(store, None), create=True)
        install(store, read_directory(service.ROOT / "rules"), "bench")
    gate, _ = build_gate((), settings)
    servicer = CreditCheck(gate, BatchLimit(1))
    gate.rules.begin()
    requests = [one.SerializeToString() for one in service.varied(CALLS)]
    profiler.enable()
    for request in requests:
        call = Call(gate.calls, "Check", _NoCall())
        call.caller = Caller(name=LOCAL_CALLER)
        answered = servicer.check(credit_check_pb2.CheckRequest.FromString(request), call)
        answered.edge = call.answered
        answered.awaited()
    profiler.disable()
    close_gate(gate)
