"""Processor time of processes: what others take from a core slows a process down and adds nothing to it."""

import os
from pathlib import Path

SERVER_CORE, CLIENT_CORE = "0", "1"


def pinned(core: str, command: list[str]) -> list[str]:
    """A command on one core; as it is where there is but one."""
    return ["taskset", "-c", core, *command] if (os.cpu_count() or 1) > 1 else command


def own(pid: int) -> float:
    """Seconds that a process has used itself."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def children(pid: int) -> float:
    """Seconds that the processes below it have used."""
    below = Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split()
    return sum(tree(int(child)) for child in below)


def tree(pid: int) -> float:
    """Seconds of a process and of all below it."""
    return own(pid) + children(pid)


def most_memory() -> float:
    """Megabytes that this process had at most. Not `ru_maxrss`: that counts what the process was before it became this
    program, a copy of a larger one."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024
