"""`make demo` comes out as its sample says: each of its cases is asked of a real service."""

from __future__ import annotations

import subprocess
import sys

import pytest

from .test_docs import ROOT, environment


@pytest.mark.process
def test_the_demo_s_cases_come_out_as_the_sample_says() -> None:
    demo = [sys.executable, str(ROOT / "tools" / "demo.py")]
    done = subprocess.run(demo, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-2_000:]
    assert "不符" not in done.stdout
    (told,) = [line for line in (ROOT / "README.md").read_text("utf-8").splitlines() if line.startswith("结论: ")]
    assert told in done.stdout.splitlines(), "the README shows how the demo ends"
