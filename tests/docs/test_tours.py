"""The tours in the papers run, and print what they say."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from .. import shared
from .test_docs import ROOT, environment

_BLOCK = re.compile(r"^<!-- run: tour -->\n```console\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_STATUS = re.compile(r"\(exit status (\d+)\)")
_END = "@@ end of step {number} @@ "


@dataclass(frozen=True)
class Step:
    """One command with what it should print."""

    command: str
    expected: tuple[str, ...]
    status: int | None


PROVED = {"docs/leniency.md": "gate.db", "docs/evidence.md": "gate.db", "README.md": "day.db"}
"""Papers whose store has the library's proof beforehand: `docs/rules.md` and the README's first commands make it."""

TOURS = {
    "docs/rules.md": 30,
    "docs/leniency.md": 20,
    "docs/evidence.md": 60,
    "docs/zh/import.md": 10,
    "docs/zh/数据来源和矛盾.md": 15,
    "README.md": 8,
}
"""Papers with the least number of commands."""


def steps(paper: str) -> list[Step]:
    """The commands of a tour in order."""
    text = (ROOT / paper).read_text("utf-8")
    found: list[Step] = []
    for block in _BLOCK.finditer(text):
        for part in re.split(r"^\$ ", block["body"], flags=re.MULTILINE)[1:]:
            lines = part.rstrip("\n").split("\n")
            command = [lines[0]]
            rest = lines[1:]
            while rest and rest[0].startswith("> "):
                command.append(rest.pop(0)[2:])
            status = 0
            if rest and (said := _STATUS.fullmatch(rest[0])):
                status = int(said.group(1))
                rest.pop(0)
            found.append(Step("\n".join(command), tuple(rest), status))
    return found


def pattern(expected: tuple[str, ...]) -> re.Pattern[str]:
    """Lines as they stand; `…` is anything in a line, and a line of its own is any lines."""
    parts = [".*?" if line == "…" else re.escape(line).replace("…", "[^\n]*") + "\n" for line in expected]
    return re.compile("".join(parts), re.DOTALL)


@pytest.mark.timeout(1000)
@pytest.mark.parametrize("paper", TOURS)
def test_the_tour(paper: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    shutil.copytree(ROOT / "sample", tmp_path / "sample")
    if paper in PROVED:
        shutil.copyfile(shared.proved_store(), tmp_path / PROVED[paper])
    tour = steps(paper)
    assert len(tour) >= TOURS[paper]
    script = ["trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT"]
    for number, step in enumerate(tour):
        script += [step.command, f'echo "{_END.format(number=number)}$?"']
    done = subprocess.run(
        ["bash"],
        input="\n".join(script) + "\n",
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=900,
    )
    output = done.stdout
    for number, step in enumerate(tour):
        printed, mark, output = output.partition(_END.format(number=number))
        assert mark, f"the tour ended at: {step.command}\n{printed}"
        status, _, output = output.partition("\n")
        assert int(status) == step.status, f"{step.command}\n{printed}"
        assert pattern(step.expected).fullmatch(printed), (
            f"{step.command}\nexpected:\n{step.expected}\nfound:\n{printed}"
        )
