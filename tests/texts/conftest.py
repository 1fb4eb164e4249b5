"""A small library with the texts that it cites, made up for these tests; each test spoils its own copy."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from ..commands import Done, command

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Held:
    """A library and a folder of texts, to be spoiled and held against each other."""

    rules: Path
    folder: Path

    def run(self, *options: object) -> Done:
        return command("rules", "texts", self.folder, "--rules", self.rules, *options)

    def check(self) -> Done:
        return command("rules", "check", self.rules, "--no-proof", "--no-analysis")

    def spoil(self, name: str, old: str, new: str) -> str:
        """Replace what stands once in a file; where it began, as `file:line:column`."""
        path = next(one for one in (*self.rules.rglob(name), *self.folder.glob(name)))
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old} stands {text.count(old)} times in {name}"
        before = text.partition(old)[0]
        path.write_text(text.replace(old, new), encoding="utf-8")
        return f"{path}:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"

    def review(self, *lines: str) -> Path:
        path = self.rules.parent / "review.yaml"
        path.write_text("reviews:\n" + "".join(f"  - {line}\n" for line in lines), encoding="utf-8")
        return path


@pytest.fixture
def held(tmp_path: Path) -> Held:
    rules = Path(shutil.copytree(HERE / "library", tmp_path / "rules"))
    return Held(rules, Path(shutil.copytree(HERE / "folder", tmp_path / "texts")))
