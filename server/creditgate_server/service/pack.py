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

from ..decision.check.decision import Decision, MeasureApplied, NearMiss, SetAside
from ..decision.leniency.decision import Ground, LeniencyDecision, ProcedureStep, SoftMeasureDue
from ..decision.level.decision import LevelDecision
from ..decision.parts import EvidenceRef, FeedUsed, Graded, Judgement, LadderRating, Remedy, Standing, Unsettled
from ..files.recent import Recent
from ..judging.kinds import ALL, CHECK, LENIENCY, LEVEL, Kind
from ..rulebook.bundle import RuleSet
from ..rulebook.catalogue import Catalogue, Citation
from .kept import IdentityCache
from .summary import summary
from .undetermined import MEMBERS, member
from .view import leave_codes
from .wire import Fill, Made, Shape, Wire

_STAMP = ("receipt", "activation", "decided_at")


def _what(name: str) -> Made:
    made = member(name)
    return lambda unsettled, packer: made(unsettled, packer.catalogue)


def _remedies(measure: MeasureApplied) -> list[credit_check_pb2.Remedy]:
    """Ways out; where one record is behind the measure, that one is named."""
    packed = [WIRE.pack(credit_check_pb2.Remedy, remedy) for remedy in measure.remedies]
    if len(packed) == len(measure.evidence) == 1:
        packed[0].record_id = measure.evidence[0].record_id
    return packed


@dataclass(frozen=True, slots=True)
class AnswerMessage:
    """How answers of a kind are sent."""

    message: type[Message]
    response: type[Message]
    """Of a call about one question: the answer is its field `answer`."""
    on_receipt: str = ""
    """Field of a Receipt that shows the answer again; empty: none does."""


ANSWERS = {
    CHECK.code: AnswerMessage(credit_check_pb2.CheckAnswer, credit_check_pb2.CheckResponse, "check"),
    LEVEL.code: AnswerMessage(supervision_pb2.LevelAnswer, supervision_pb2.AssessLevelResponse, "level"),
    LENIENCY.code: AnswerMessage(leniency_pb2.LeniencyAnswer, leniency_pb2.EvaluateLeniencyResponse, "leniency"),
}
"""By kind: a row for each of `judging/kinds.py`."""

_SUBJECT = {"subject_index": "subject"}
_CODED = {"measure": "code", "measure_title": "title"}

SHAPES = (
    *(
        Shape(kind.decision, ANSWERS[kind.code].message, named={"as_of": "day"}, later=("feeds", *_STAMP))
        for kind in ALL
    ),
    Shape(
        Decision,
        credit_check_pb2.CheckAnswer,
        named={"as_of": "day"},
        made={"summary": lambda decision, packer: summary(decision, packer.catalogue)},
        later=("near_misses", "feeds", *_STAMP),
    ),
    Shape(
        LevelDecision,
        supervision_pb2.LevelAnswer,
        within=("standing",),
        named={"as_of": "day"},
        later=("feeds", *_STAMP),
    ),
    Shape(
        LeniencyDecision,
        leniency_pb2.LeniencyAnswer,
        named={"undetermined": "missing", "as_of": "day"},
        later=("suggestions", "feeds", *_STAMP),
    ),
    Shape(
        Standing,
        common_pb2.Standing,
        named=_SUBJECT,
        made={
            "grade": lambda standing, packer: packer.graded(standing.grade, common_pb2.Grade),
            "level": lambda standing, packer: packer.graded(standing.level, common_pb2.Level),
        },
        kept="same",
    ),
    Shape(Graded, common_pb2.Grade, named={"grade": "code", "grade_title": "title"}),
    Shape(Graded, common_pb2.Level, named={"level": "code", "level_title": "title"}),
    Shape(LadderRating, common_pb2.SectorRating, named={"ladder_title": "title"}),
    Shape(
        MeasureApplied,
        credit_check_pb2.Measure,
        named={**_SUBJECT, **_CODED, "until_on": "until"},
        made={"remedies": lambda measure, _: _remedies(measure)},
        kept="same",
    ),
    Shape(Remedy, credit_check_pb2.Remedy, later=("record_id",)),
    Shape(SetAside, credit_check_pb2.SetAside, named={**_SUBJECT, **_CODED}),
    Shape(NearMiss, credit_check_pb2.NearMiss, named={**_SUBJECT, "rule_title": "title"}),
    Shape(Ground, leniency_pb2.Ground, named={"rule_title": "title"}),
    Shape(SoftMeasureDue, leniency_pb2.SoftMeasure, named=_CODED),
    Shape(ProcedureStep, leniency_pb2.ProcedureStep, named={"step": "code", "step_title": "title"}),
    Shape(
        Unsettled,
        common_pb2.Undetermined,
        named=_SUBJECT,
        made={name: _what(name) for name in MEMBERS},
    ),
    Shape(
        EvidenceRef,
        common_pb2.Evidence,
        named={"until_on": "until", "list_title": "title"},
        made={
            "kind_title": lambda ref, packer: packer.record_kind(ref.kind) if ref.list else ref.title,
            "organ": lambda ref, packer: packer.organ_named(ref.organ),
        },
    ),
    Shape(
        FeedUsed,
        common_pb2.FeedAge,
        named={"feed_title": "title", "data_on": "data_day"},
        made={"age_days": lambda feed, _: None if feed.data_day is None else max(feed.age_days, 0)},
    ),
    Shape(
        Citation,
        common_pb2.Basis,
        made={
            "instrument_title": lambda citation, packer: packer.instrument(citation.instrument)[0],
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
        self._brief = IdentityCache()
        self._organs = {organ.title: organ.code for organ in catalogue.organs.values()}
        self._feeds: defaultdict[type[Message], IdentityCache] = defaultdict(IdentityCache)
        self._equal: dict[tuple[type[Message], object], Any] = {}  # no `Recent`: threads share it, and none ever goes

    @property
    def catalogue(self) -> Catalogue:
        """Whose titles these are."""
        return self._catalogue

    def answer(self, kind: Kind[Any, Any], decision: Judgement, *, brief: bool = False) -> Any:  # noqa: ANN401 - of the kind's message
        """The answer to a question of any kind, still without receipt and what its service adds."""
        response: Any = ANSWERS[kind.code].response
        return response.FromString(self.answer_bytes(kind, decision, brief=brief)).answer

    def answer_bytes(self, kind: Kind[Any, Any], decision: Judgement, *, brief: bool = False) -> bytes:
        """The response as it is sent. What is added may follow: later bytes of a message are merged into it.

        Kept with a decision that comes again. `brief`: in codes, see AnswerView.
        """
        if kind.essence is None:
            return self._response(kind, decision, brief)
        kept = self._brief if brief else self._same
        return kept.made(decision, lambda one: self._response(kind, one, brief))

    def _response(self, kind: Kind[Any, Any], decision: Judgement, brief: bool) -> bytes:
        row = ANSWERS[kind.code]
        answer = self._answer(row.message, decision)
        if brief:
            leave_codes(answer)
        response: Any = row.response
        sent: bytes = response(answer=answer).SerializeToString()
        return sent

    def basis(self, citations: Iterable[Citation]) -> list[common_pb2.Basis]:
        """Citations with the titles and numbers of their instruments."""
        fill = WIRE.fill(Citation, common_pb2.Basis)
        return [self.kept_equal(citation, common_pb2.Basis, fill) for citation in citations]

    def instrument(self, code: str) -> tuple[str, str]:
        """Title and number of an instrument; empty for one that the catalogue does not have."""
        found = self._catalogue.instruments.get(code)
        return (found.title, found.number) if found else ("", "")

    def record_kind(self, code: str) -> str:
        """Title of a kind of record; empty for one that the catalogue does not have."""
        found = self._catalogue.record_kinds.get(code)
        return found.title if found else ""

    def organ_named(self, title: str) -> common_pb2.Ref:
        """An organ that a record names; its code where the catalogue has an organ of that name."""
        return common_pb2.Ref(code=self._organs.get(title, ""), title=title)

    def graded(self, graded: Graded, message: type[Sent]) -> Sent | None:
        """A grade or level; None where it could not be settled."""
        return self.kept_equal(graded, message, WIRE.fill(Graded, message)) if graded.code else None

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


def add_near_misses(answer: credit_check_pb2.CheckAnswer, misses: Iterable[NearMiss]) -> None:
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
