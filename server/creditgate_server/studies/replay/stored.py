"""What a receipt holds, opened so that it can be judged again: question, knowledge, feeds and the decision of then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from ...decision.held import is_held
from ...decision.knowledge import Feeds, Knowledge
from ...decision.parts import Judgement, canonical
from ...decision.question import Inquiry
from ...files.recent import Recent
from ...judging.kinds import KINDS, Kind
from ...ledger.receipt import Contents

MOST_KEPT = 500
"""Subjects whose knowledge is kept between two receipts."""


class _Feed(msgspec.Struct, frozen=True):
    feed: str
    data_day: date | None


class _Decided(msgspec.Struct, frozen=True):
    """The parts of a decision of any kind that the judge needs again."""

    known: msgspec.Raw
    feeds: tuple[_Feed, ...] | dict[str, tuple[str, ...]]
    """By day, where it is held without words."""
    rule_set: str


@dataclass(frozen=True, slots=True)
class OpenedReceipt:
    """A question with all that its decision rested on."""

    kind: Kind[Any, Any]
    question: Inquiry[Any]
    known: dict[str, Knowledge]
    """By identifier: all that the registry knew then."""
    feeds: Feeds
    """The feeds that the decision used; of the others it does not depend."""
    rule_set: str
    """Digest."""
    decision: bytes
    """Canonical JSON, as it was stored."""

    def written(self, decision: Judgement) -> bytes:
        """What would be stored of another decision in the format of this one."""
        return self.kind.hold(decision) if is_held(self.decision) else canonical(decision)


class Opener:
    """Opens contents. The same knowledge comes again as the same object, as it does from the registry."""

    def __init__(self) -> None:
        self._known: Recent[bytes, Knowledge] = Recent(MOST_KEPT)
        self._feeds: Recent[tuple[_Feed, ...], Feeds] = Recent(MOST_KEPT)

    def open(self, code: str, contents: Contents) -> OpenedReceipt | None:
        """None where the question or the decision was erased. Raises msgspec.MsgspecError for what can't be read.

        `code`: of a kind of question.
        """
        if contents.question is None or contents.decision is None:
            return None
        kind = KINDS[code]
        decided = msgspec.json.decode(contents.decision, type=_Decided)
        return OpenedReceipt(
            kind=kind,
            question=kind.read_question(contents.question),
            known={known.identifier: known for known in self._subjects(decided.known)},
            feeds=self._feeds_of(decided.feeds),
            rule_set=decided.rule_set,
            decision=contents.decision,
        )

    def _subjects(self, known: msgspec.Raw) -> list[Knowledge]:
        """Of the one subject, or of several."""
        several = bytes(known).startswith(b"[")
        one_by_one: list[msgspec.Raw] = msgspec.json.decode(known, type=list[msgspec.Raw]) if several else [known]
        return [self._knowledge(bytes(one)) for one in one_by_one]

    def _knowledge(self, content: bytes) -> Knowledge:
        return self._known.made(content, lambda: msgspec.json.decode(content, type=Knowledge))

    def _feeds_of(self, used: tuple[_Feed, ...] | dict[str, tuple[str, ...]]) -> Feeds:
        listed = used if isinstance(used, tuple) else _listed(used)
        return self._feeds.made(listed, lambda: {one.feed: one.data_day for one in listed if one.data_day is not None})


def _listed(by_day: dict[str, tuple[str, ...]]) -> tuple[_Feed, ...]:
    return tuple(_Feed(code, date.fromisoformat(day) if day else None) for day in by_day for code in by_day[day])
