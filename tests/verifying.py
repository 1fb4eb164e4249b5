"""Lines of verification for small libraries: written for named things as they are, so that tests can change these."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from creditgate_server.rulebook.bundle import RuleSet
from creditgate_server.rulebook.load import read_texts
from creditgate_server.rulebook.verification import ReadText, VerifiedLine, register_text

REGISTER = "verification/lines.yaml"
READ_ON = date(2026, 12, 1)
TEXT = "sha256:" + "0" * 64


def lines_of(texts: Mapping[str, bytes], *names: str) -> tuple[VerifiedLine, ...]:
    """A line for each thing by name, with all that it cites."""
    things = read_texts(texts).register.things
    return tuple(
        VerifiedLine(
            of=name,
            content=things[name].content,
            read=tuple(
                ReadText(
                    instrument=one.citation.instrument,
                    article=one.citation.article,
                    day=READ_ON,
                    post="法制审核岗",
                    text=TEXT,
                )
                for one in things[name].citations
            ),
        )
        for name in names
    )


def with_lines(texts: Mapping[str, bytes], *names: str) -> dict[str, bytes]:
    """The files with a register that has these lines."""
    return {**texts, REGISTER: register_text(lines_of(texts, *names))}


def verified(texts: Mapping[str, bytes], *names: str) -> RuleSet:
    """The library with these things verified."""
    return read_texts(with_lines(texts, *names)).rule_set
