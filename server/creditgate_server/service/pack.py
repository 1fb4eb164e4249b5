"""From decisions to the answers that are sent. What a rule set fixes is made once and copied.

Fields go by their names (`wire`); `SHAPES` says what goes otherwise.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from google.protobuf.message import Message

from creditgate.v1 import common_pb2, credit_check_pb2, leniency_pb2, supervision_pb2

from ..decision.check.decision import Decision, MeasureApplied, NearMiss
from ..decision.leniency.decision import LeniencyDecision
from ..decision.level.decision import LevelDecision
from ..decision.parts import FeedUsed, Graded, Judgement, Standing
from ..files.recent import Recent
from ..judging.kinds import ALL, CHECK, LENIENCY, LEVEL, Kind
from ..rulebook.bundle import RuleSet
from ..rulebook.catalogue import Catalogue, Citation
from .kept import IdentityCache
from .summary import summary
from .wire import Fill, Shape, Wire

_STAMP = ("receipt", "activation", "decided_at")


@dataclass(frozen=True, slots=True)
class AnswerMessage:
    """How answers of a kind are sent."""

    message: type[Message]
    on_receipt: str = ""
    """Field of GetReceiptResponse that shows the answer again; empty: none does."""


ANSWERS = {
    CHECK.code: AnswerMessage(credit_check_pb2.CheckResponse, "answer"),
    LEVEL.code: AnswerMessage(supervision_pb2.GetLevelResponse),
    LENIENCY.code: AnswerMessage(leniency_pb2.EvaluateResponse, "leniency"),
}
"""By kind: a row for each of `judging/kinds.py`."""

SHAPES = (
    *(
        Shape(kind.decision, ANSWERS[kind.code].message, named={"as_of": "day"}, later=("feeds", *_STAMP))
        for kind in ALL
    ),
    Shape(
        Decision,
        credit_check_pb2.CheckResponse,
        named={"as_of": "day"},
        made={"summary": lambda decision, packer: summary(decision, packer.catalogue)},
        later=("near_misses", "feeds", *_STAMP),
    ),
    Shape(
        LevelDecision,
        supervision_pb2.GetLevelResponse,
        within=("standing",),
        named={"as_of": "day"},
        later=("feeds", *_STAMP),
    ),
    Shape(
        LeniencyDecision,
        leniency_pb2.EvaluateResponse,
        named={"decision": "leniency", "as_of": "day"},
        later=("suggestions", "feeds", *_STAMP),
    ),
    Shape(Standing, common_pb2.Standing, kept="same"),
    Shape(Graded, common_pb2.Grade, kept="equal"),
    Shape(Graded, common_pb2.Level, kept="equal"),
    Shape(MeasureApplied, credit_check_pb2.Measure, named={"in_force_until": "until"}, kept="same"),
    Shape(FeedUsed, common_pb2.FeedAge, made={"age_days": lambda feed, _: max(feed.age_days, 0)}),
    Shape(
        Citation,
        common_pb2.Basis,
        made={
            "title": lambda citation, packer: packer.instrument(citation.instrument)[0],
            "number": lambda citation, packer: packer.instrument(citation.instrument)[1],
        },
        kept="equal",
    ),
)

WIRE = Wire(SHAPES)

MOST_KEPT = 10_000
"""Messages kept of equal values; rule sets stay far below, and a stored receipt of another one can't grow it."""

Sent = TypeVar("Sent", bound=Message)


class Packer:
    """Packs answers with the titles of one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._same = IdentityCache()
        self._feeds: defaultdict[type[Message], IdentityCache] = defaultdict(IdentityCache)
        self._equal: dict[tuple[type[Message], object], Any] = {}  # no `Recent`: threads share it, and none ever goes

    @property
    def catalogue(self) -> Catalogue:
        """Whose titles these are."""
        return self._catalogue

    def answer(self, kind: Kind[Any, Any], decision: Judgement) -> Any:  # noqa: ANN401 - of the kind's message
        """The answer to a question of any kind, still without receipt and what its service adds."""
        message = ANSWERS[kind.code].message
        if kind.essence is None:
            return self._answer(message, decision)
        return message.FromString(self.answer_bytes(kind, decision))

    def answer_bytes(self, kind: Kind[Any, Any], decision: Judgement) -> bytes:
        """The same as it is sent. What is added may follow: later bytes of a message are merged into it.

        Kept with a decision that comes again.
        """
        message = ANSWERS[kind.code].message
        if kind.essence is None:
            return self._answer(message, decision).SerializeToString()
        return self._same.made(decision, lambda one: self._answer(message, one).SerializeToString())

    def basis(self, citations: Iterable[Citation]) -> list[common_pb2.Basis]:
        """Citations with the titles and numbers of their instruments."""
        fill = WIRE.fill(Citation, common_pb2.Basis)
        return [self.kept_equal(citation, common_pb2.Basis, fill) for citation in citations]

    def instrument(self, code: str) -> tuple[str, str]:
        """Title and number of an instrument; empty for one that the catalogue does not have."""
        found = self._catalogue.instruments.get(code)
        return (found.title, found.number) if found else ("", "")

    def kept_same(self, value: object, message: type[Sent], fill: Fill) -> Sent:
        """The message of a value that comes again as the very same object."""
        return self._same.made(value, lambda one: self._filled(one, message, fill))

    def kept_equal(self, value: object, message: type[Sent], fill: Fill) -> Sent:
        """The message of a value that an equal one comes again of."""
        key = (message, value)
        packed: Sent | None = self._equal.get(key)
        if packed is None:
            packed = self._filled(value, message, fill)
            if len(self._equal) < MOST_KEPT:
                self._equal[key] = packed
        return packed

    def _answer(self, message: type[Sent], decision: Judgement) -> Sent:
        answer = WIRE.pack(message, decision, self)
        answer.MergeFromString(self._feeds[message].made(decision.feeds, lambda feeds: _feeds(message, feeds)))
        return answer

    def _filled(self, value: object, message: type[Sent], fill: Fill) -> Sent:
        packed = message()
        fill(packed, value, self)
        return packed


def _feeds(message: type[Message], feeds: tuple[FeedUsed, ...]) -> bytes:
    """An answer with nothing but the feeds, to be merged into answers."""
    answer: Any = message
    packed: bytes = answer(feeds=[WIRE.pack(common_pb2.FeedAge, feed) for feed in feeds]).SerializeToString()
    return packed


def add_near_misses(answer: credit_check_pb2.CheckResponse, misses: Iterable[NearMiss]) -> None:
    """Add near misses to an answer."""
    answer.near_misses.extend([WIRE.pack(credit_check_pb2.NearMiss, miss) for miss in misses])


MOST_PAST = 8
"""Packers of other rule sets kept; the least recently used goes first."""


class Packers:
    """Packers of past rule sets, by digest."""

    def __init__(self, stored: Callable[[str], RuleSet]) -> None:
        """`stored` reads a rule set from the store, by digest; raises GateError."""
        self._stored = stored
        self._past: Recent[str, Packer] = Recent(MOST_PAST)
        self._lock = threading.Lock()

    def of(self, digest: str) -> Packer:
        """The packer of a rule set. Reads the store where the rule set is not at hand."""
        with self._lock:
            return self._past.made(digest, lambda: Packer(self._stored(digest).catalogue))
