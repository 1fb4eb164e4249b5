"""What the papers say is so: links lead somewhere, commands run, examples work, generated files are up to date."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from tests.service.running import COMMAND, serving
from tests.shared import RULES

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
SAMPLE = ROOT / "sample"
TARGETS = ("demo", "serve", "quick", "test", "soak", "lock", "lint", "bench", "proto")
_FENCE = re.compile(r"^(?P<before>[^\n]*)\n```(?P<language>\w*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[[^\]]*\]\((?P<address>[^)\s]+)\)")


def papers() -> list[Path]:
    """Every Markdown file of the repository, tool folders aside."""
    found = (path.relative_to(ROOT) for path in ROOT.rglob("*.md"))
    return sorted(path for path in found if not any(part.startswith(".") for part in path.parts))


def prose(path: Path) -> str:
    """A paper without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", (ROOT / path).read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)


def headings(path: Path) -> list[str]:
    return re.findall(r"^#+ .+$", prose(path), re.MULTILINE)


def anchor(heading: str) -> str:
    """The fragment by which a heading is linked to."""
    text = heading.lstrip("#").strip().lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def readme_commands() -> list[str]:
    """Lines behind a prompt in the blocks that are marked to be run."""
    blocks = _FENCE.finditer((ROOT / "README.md").read_text("utf-8"))
    marked = [block["body"] for block in blocks if block["before"] == "<!-- run: readme -->"]
    return [line[2:] for body in marked for line in body.splitlines() if line.startswith("$ ")]


def integration_examples() -> list[str]:
    blocks = _FENCE.finditer((ROOT / "docs/integration.md").read_text("utf-8"))
    return [block["body"] for block in blocks if block["body"].startswith("# run: integration\n")]


def environment(**more: str) -> dict[str, str]:
    """This process's own with the installed commands on the path, without settings of the service and a width of lines.

    What runs tests side by side tells its processes how wide a terminal is, which is none of the papers'.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CREDITGATE_", "COLUMNS"))}
    return kept | {"PATH": f"{BIN}{os.pathsep}{kept['PATH']}", "PYTHONUTF8": "1"} | more


@pytest.fixture(scope="session")
def sample_target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service that knows the sample registry."""
    folder = tmp_path_factory.mktemp("sample-service")
    fresh = [SAMPLE / f"{name}.csv" for name in ("subjects", "penalties", "licences", "lists", "ratings", "records")]
    for files, day in ((fresh, "2026-11-20"), ([SAMPLE / "customs.csv"], "2026-09-30")):
        options = ["--store", f"sqlite:///{folder}/gate.db", "--rules", str(RULES), "--as-of", day]
        subprocess.run([COMMAND, "import", *files, *options], check=True, capture_output=True, env=environment())
    with serving(folder) as service:
        yield service.target


@pytest.mark.parametrize("path", papers(), ids=str)
def test_links_within_the_repository_lead_somewhere(path: Path) -> None:
    for link in _LINK.finditer(prose(path)):
        address = link["address"]
        if re.match(r"[a-z]+:", address):
            continue
        name, _, fragment = address.partition("#")
        aim = (ROOT / path).parent / name if name else ROOT / path
        assert aim.exists(), f"{path}: nothing at {address}"
        if fragment and aim.suffix == ".md":
            known = {anchor(heading) for heading in headings(aim.relative_to(ROOT) if name else path)}
            assert fragment in known, f"{path}: no heading for {address}, there are {sorted(known)}"


@pytest.mark.process
def test_the_readme_s_commands_run_in_order(tmp_path: Path) -> None:
    """In a folder of its own. `make setup` is left out: what it makes is what runs these tests."""
    for name in ("rules", "sample"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    commands = [command for command in readme_commands() if command != "make setup"]
    assert commands, "the README has commands that are marked to be run"
    for command in commands:
        run(command, tmp_path)


def run(command: str, folder: Path) -> None:
    done = subprocess.run(command, shell=True, cwd=folder, env=environment(), capture_output=True, text=True)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


def test_both_readmes_and_make_serve_use_one_database() -> None:
    """What the import writes is what `make serve` answers from."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    (cache,) = re.findall(r"^CACHE \?= (.+)$", makefile, re.MULTILINE)
    (store,) = re.findall(r"^STORE := (.+)$", makefile, re.MULTILINE)
    assert "serve --rules rules --store $(STORE) " in makefile
    served = store.replace("$(CACHE)", cache)
    for name in ("README.md", "README.zh-CN.md"):
        commands = re.findall(
            r"^\$ \.venv/bin/creditgate-server ((?:import|serve) .*)$", (ROOT / name).read_text("utf-8"), re.MULTILINE
        )
        told = {command.split()[0]: re.findall(r"--store (\S+)", command) for command in commands}
        assert told == {"import": [served], "serve": [served]}, name


def test_the_rule_that_the_readme_shows_is_the_library_s() -> None:
    (shown,) = re.findall(
        r"^  - id: commitment-after-breach\n(?:    .*\n)+", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE
    )
    assert shown in (ROOT / "rules/books/measures/commitment.yaml").read_text("utf-8")


def test_where_it_goes_is_where_it_goes() -> None:
    """Every place that CONTRIBUTING names for a change is there."""
    table = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("## Where does it go?\n")[2]
    rows = re.findall(r"^\| (?P<what>an? [^|]+) \| (?P<files>.+) \|$", table, re.MULTILINE)
    assert len(rows) >= 8
    for what, files in rows:
        places = [name for name in re.findall(r"`([^`]+)`", files) if "/" in name]
        assert places, what
        assert [place for place in places if not (ROOT / place).exists()] == [], what


def test_the_guide_has_examples() -> None:
    assert len(integration_examples()) >= 4


@pytest.mark.process
@pytest.mark.parametrize("number", range(len(integration_examples())))
def test_the_integration_guide_s_examples_run(number: int, sample_target: str, tmp_path: Path) -> None:
    example = tmp_path / "example.py"
    example.write_text(integration_examples()[number], "utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", example],
        cwd=tmp_path,
        env=environment(CREDITGATE_TARGET=sample_target),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, f"{example.read_text('utf-8')}\n{done.stdout}{done.stderr}"


@pytest.mark.process
def test_the_committed_stubs_are_what_the_contract_generates(tmp_path: Path) -> None:
    tool = [sys.executable, ROOT / "tools/generate_stubs.py", tmp_path]
    subprocess.run(tool, check=True, capture_output=True, env=environment())
    assert contents(ROOT / "client/creditgate/v1") == contents(tmp_path / "creditgate/v1"), "run: make proto"


@pytest.mark.parametrize("path", sorted((ROOT / "proto").rglob("*.proto")), ids=lambda path: path.name)
def test_every_file_of_the_contract_names_its_packages_for_go_and_java(path: Path) -> None:
    options = import_module(f"creditgate.v1.{path.stem}_pb2").DESCRIPTOR.GetOptions()
    assert options.go_package == "creditgate/v1;creditgatev1"
    assert (options.java_package, options.java_multiple_files) == ("creditgate.v1", True)


@pytest.mark.process
def test_the_committed_sample_is_what_its_tool_makes(tmp_path: Path) -> None:
    tool = [sys.executable, ROOT / "tools/make_sample.py", tmp_path]
    subprocess.run(tool, check=True, capture_output=True, env=environment())
    made = contents(tmp_path)
    assert made, "the tool makes files"
    committed = {name: data for name, data in contents(SAMPLE).items() if name.endswith(".csv")}
    assert committed == made, "run: make sample"


def contents(folder: Path) -> dict[str, bytes]:
    """Files by their path within a folder, caches aside."""
    files = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_both_readmes_have_the_same_headings() -> None:
    levels = [[heading.split()[0] for heading in headings(Path(name))] for name in ("README.md", "README.zh-CN.md")]
    assert levels[0] == levels[1]


@pytest.mark.process
@pytest.mark.skipif(not Path("/usr/bin/make").exists(), reason="make is not installed")
def test_make_help_lists_the_targets() -> None:
    done = subprocess.run(["/usr/bin/make", "help"], cwd=ROOT, check=True, capture_output=True, text=True)
    listed = re.findall(r"^ *make (\w+)", done.stdout, re.MULTILINE)
    assert set(TARGETS) <= set(listed)


@pytest.mark.process
def test_a_machine_with_python_3_13_alone_is_told_what_is_missing(tmp_path: Path) -> None:
    fake = tmp_path / "python3"
    fake.write_text("#!/bin/sh\necho 3.13\n")
    fake.chmod(0o755)
    nowhere = tmp_path / "empty"
    nowhere.mkdir()
    done = subprocess.run(
        ["/bin/bash", ROOT / "tools/find_python.sh"],
        env={"PATH": str(tmp_path), "HOME": str(nowhere), "PYENV_ROOT": str(nowhere), "PYTHON": str(fake)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert "needs CPython 3.11 or 3.12" in done.stderr
    assert f"{fake}(3.13)" in done.stderr
    assert "make PYTHON=" in done.stderr
