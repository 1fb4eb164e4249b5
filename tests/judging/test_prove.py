"""What a proof covers: verdicts, not words."""

from __future__ import annotations

from pathlib import Path

from creditgate_server.judging.prove import prove
from creditgate_server.rulebook.load import read_directory

from ..service.rule_books import variant
from ..shared import library


def test_neither_titles_nor_the_register_of_what_was_read_have_rules_proved_again(tmp_path: Path) -> None:
    shipped, marked = library().rule_set, read_directory(variant(tmp_path, "甲")).rule_set
    assert (len(shipped.verifications) > 0, marked.verifications) == (True, ())
    assert marked.digest != shipped.digest
    assert prove(marked, proved=shipped).subjects == 0
