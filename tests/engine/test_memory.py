"""The whole engine path under valgrind's memcheck: no invalid read, no use of uninitialised memory."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ENGINE_FRAME = re.compile(r"durable_rules|\((?:rete|events|state|json|regex|rules|rulesmodule)\.c:")
"""A stack frame in the engine's shared object, with and without debug information."""

LOAD = Path(__file__).with_name("memory_load.py")


@pytest.mark.timeout(600)
@pytest.mark.skipif(shutil.which("valgrind") is None, reason="valgrind is not installed on this machine")
def test_the_engine_path_is_clean_under_memcheck(tmp_path: Path) -> None:
    log = tmp_path / "memcheck.txt"
    command = ["valgrind", "--tool=memcheck", "--leak-check=no", "--error-limit=no", f"--log-file={log}"]
    done = subprocess.run(
        [*command, sys.executable, str(LOAD)],
        env={**os.environ, "PYTHONMALLOC": "malloc"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 90
    reports = log.read_text()
    assert "ERROR SUMMARY" in reports, "valgrind did not end as it should"
    # The interpreter itself has reports (it seeds from random bytes that valgrind takes for uninitialised): what counts
    # is any report with a frame of the engine in its stack.
    of_engine = [block for block in re.split(r"\n==\d+== ?\n", reports) if ENGINE_FRAME.search(block)]
    assert not of_engine, "\n\n".join(of_engine)


WRONG_USE = """
import json
import durable_rules_engine as engine
rules = {"r": {"all": [{"m": {"$gt": {"a": 1}}}]}, "end": {"all": [{"m": {"z": 1}}], "pri": 9}}
handle = engine.create_ruleset("wrong", json.dumps(rules))
engine.assert_fact(handle, json.dumps({"sid": "1", "id": "0", "a": "text"}))
state = engine.assert_fact(handle, json.dumps({"sid": "1", "id": "1", "z": 1}))[1]
message = engine.start_action_for_state(handle, state)
while message:
    message = engine.complete_and_start_action(handle, state)
"""


@pytest.mark.timeout(600)
@pytest.mark.skipif(shutil.which("valgrind") is None, reason="valgrind is not installed on this machine")
def test_memcheck_does_see_what_the_protocol_avoids(tmp_path: Path) -> None:
    """Text compared with a number reads uninitialised memory: a check that is blind to the engine would miss this."""
    log = tmp_path / "memcheck.txt"
    command = ["valgrind", "--tool=memcheck", "--leak-check=no", f"--log-file={log}", sys.executable, "-c", WRONG_USE]
    subprocess.run(command, env={**os.environ, "PYTHONMALLOC": "malloc"}, capture_output=True, check=False)
    assert ENGINE_FRAME.search(log.read_text())
