"""The kinds of questions, a row each: whatever works on answers of any kind reads the row and names no kind.

A row holds types and pure functions. How answers are packed stands in `service/`, how they are explained in
`studies/explanation`, by the same codes; a test holds them complete.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

import msgspec

from ..decision.books import Books
from ..decision.check.called_for import CheckBrief, called_for_by_check, check_case, check_needs_outcome
from ..decision.check.decide import judge_check
from ..decision.check.decision import OUTCOMES, Decision
from ..decision.check.held import hold_check, tell_check
from ..decision.check.question import Question
from ..decision.check.told import added_to_check, asked_of_check, check_headline, check_moves, lacking_for_check
from ..decision.held import is_held
from ..decision.knowledge import Feeds, Knowledge
from ..decision.leniency.called_for import LeniencyBrief, called_for_by_leniency, leniency_needs_outcome
from ..decision.leniency.decide import judge_leniency
from ..decision.leniency.decision import LeniencyDecision
from ..decision.leniency.question import LeniencyQuestion
from ..decision.leniency.told import asked_of_leniency, lacking_for_leniency, leniency_headline, leniency_moves
from ..decision.level.decide import judge_level
from ..decision.level.decision import LevelDecision
from ..decision.level.held import hold_level, tell_level
from ..decision.level.question import LevelQuestion
from ..decision.level.told import asked_of_level, level_headline, level_moves
from ..decision.moves import Move
from ..decision.outcome.values import OUTCOME, AnswerDuties
from ..decision.parts import Judgement, Unsettled, canonical
from ..decision.question import Inquiry, SubjectInRole
from ..rulebook.catalogue import Catalogue, Instrument
from ..rulebook.language import Value
from ..rulebook.titles import LENIENCIES

ERASURE = "erasure"
"""The kind of receipt that holds an erasure."""

Asked = TypeVar("Asked", bound=Inquiry[Any])
Decided = TypeVar("Decided", bound=Judgement)
Brief = TypeVar("Brief", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporting(Generic[Asked, Brief]):
    """What is reported on answers of a kind."""

    brief: type[Brief]
    """The part of a decision that a report depends on."""
    needed: Callable[[Asked, Any], bool]
    """Whether somebody has to report what was done, by the decision or its brief."""
    called_for: Callable[[Brief], AnswerDuties]
    case: Callable[[Asked], str] | None = None
    """Tells answers of one case, whose reports stand for each other. None: no other's report does."""


@dataclass(frozen=True, kw_only=True)
class Kind(Generic[Asked, Decided]):
    """A kind of question with its answer."""

    code: str
    """As the ledger names it."""
    title: str
    question: type[Asked]
    decision: type[Decided]
    subjects: Callable[[Asked], tuple[SubjectInRole, ...]]
    judge: Callable[[Books, Asked, Mapping[str, Knowledge], Feeds], Decided]
    """Reads the books of engine and reference alike: the second opinion is the same function on other books."""
    open: Callable[[Decided], tuple[Unsettled, ...]]
    """What the answer waits for."""
    answer: Callable[[Decided], str]
    """Code of what it comes to."""
    answers: Mapping[str, str]
    """Titles of the codes, where they are a closed set."""
    asked: Callable[[Asked], Iterator[str]]
    """The question in lines, without organ and purpose."""
    headline: Callable[[Decided], str]
    """What it comes to, in Chinese."""
    moves: Callable[[Decided, Decided, Mapping[str, Instrument]], Iterator[Move]]
    """What two answers to one question differ in, the most important first."""
    added: Callable[[Asked, Decided], tuple[SubjectInRole, ...]] = lambda _, __: ()
    """Subjects whom the registry added to those whom the question names."""
    item: Callable[[Asked], str] = lambda _: ""
    """Code of the item or entry that it is about."""
    case_number: Callable[[Asked], str] = lambda _: ""
    lacking: Callable[[Asked, Catalogue], str] = lambda _, __: ""
    """What the question names that a catalogue has not, in words; the organ aside."""
    essence: Callable[[Asked], Hashable] | None = None
    """All that the answer depends on beside knowledge and day. None: questions of this kind hardly come twice."""
    reporting: Reporting[Asked, Any] | None = None
    hold: Callable[[Decided], bytes] = canonical
    """What a receipt holds of a decision, canonical JSON: without words that the rule set has."""
    tell: Callable[[bytes, Catalogue], Decided] | None = None
    """The decision from that, with the words of its rule set's catalogue. None: the words are in it."""

    @cached_property
    def read_question(self) -> Callable[[bytes], Asked]:
        """From canonical JSON. Raises msgspec.MsgspecError."""
        return msgspec.json.Decoder(self.question).decode

    def read_decision(self, stored: bytes, catalogue: Catalogue | None) -> Decided:
        """A decision from a receipt of any format. Raises msgspec.MsgspecError.

        `catalogue`: of the rule set that it was made by; None: nobody has it, and codes stand for words.
        """
        if self.tell is None or not is_held(stored):
            return self._read_whole(stored)
        try:
            return self.tell(stored, catalogue or Catalogue())
        except (IndexError, ValueError) as fault:  # a place or a day that there is not
            raise msgspec.ValidationError(f"no decision of a {self.code}: {fault}") from fault

    @cached_property
    def _read_whole(self) -> Callable[[bytes], Decided]:
        return msgspec.json.Decoder(self.decision).decode

    @cached_property
    def read_brief(self) -> Callable[[bytes], Any]:
        """The part of a decision that a report depends on. Raises msgspec.MsgspecError."""
        assert self.reporting is not None
        return msgspec.json.Decoder(self.reporting.brief).decode

    def needs_outcome(self, question: Asked, decision: Decided) -> bool:
        """Whether somebody has to report what was done about the answer."""
        return self.reporting is not None and self.reporting.needed(question, decision)

    def case_key(self, question: Asked) -> str:
        """Tells receipts of one case, whose reports stand for each other; empty: nothing else does."""
        case = self.reporting.case if self.reporting is not None else None
        return case(question) if case is not None else ""

    def identifiers(self, question: Asked) -> tuple[str, ...]:
        """Of the subjects, in order."""
        return tuple(subject.identifier for subject in self.subjects(question))


def facts_of(question: Inquiry[Any]) -> dict[str, Value]:
    """Facts that the caller gave; none where the kind asks for none."""
    return getattr(question, "facts", {})


CHECK = Kind(
    code="check",
    title="信用核查",
    question=Question,
    decision=Decision,
    subjects=lambda question: question.subjects,
    judge=judge_check,
    open=lambda decision: decision.undetermined,
    answer=lambda decision: decision.outcome,
    answers={outcome.value: title for outcome, title in OUTCOMES.items()},
    asked=asked_of_check,
    headline=check_headline,
    moves=check_moves,
    added=added_to_check,
    item=lambda question: question.item,
    case_number=lambda question: question.case_number,
    lacking=lacking_for_check,
    essence=lambda question: (
        question.organ,
        question.item,
        question.stage,
        question.subjects,
        tuple(sorted(question.facts.items())),
    ),
    reporting=Reporting(brief=CheckBrief, needed=check_needs_outcome, called_for=called_for_by_check, case=check_case),
    hold=hold_check,
    tell=tell_check,
)
LEVEL = Kind(
    code="level",
    title="监管等级查询",
    question=LevelQuestion,
    decision=LevelDecision,
    subjects=lambda question: (question.subject,),
    judge=judge_level,
    open=lambda decision: decision.undetermined,
    answer=lambda decision: decision.standing.level.code,
    answers={},
    asked=asked_of_level,
    headline=level_headline,
    moves=level_moves,
    essence=lambda question: (question.organ, question.subject.identifier),
    hold=hold_level,
    tell=tell_level,
)
LENIENCY = Kind(
    code="leniency",
    title="免罚判断",
    question=LeniencyQuestion,
    decision=LeniencyDecision,
    subjects=lambda question: (question.subject,),
    judge=judge_leniency,
    open=lambda decision: decision.missing,
    answer=lambda decision: decision.leniency,
    answers={leniency.value: title for leniency, title in LENIENCIES.items()},
    asked=asked_of_leniency,
    headline=leniency_headline,
    moves=leniency_moves,
    item=lambda question: question.exemption,
    case_number=lambda question: question.case_number,
    lacking=lacking_for_leniency,
    reporting=Reporting(brief=LeniencyBrief, needed=leniency_needs_outcome, called_for=called_for_by_leniency),
)

ALL: tuple[Kind[Any, Any], ...] = (CHECK, LEVEL, LENIENCY)
KINDS: dict[str, Kind[Any, Any]] = {kind.code: kind for kind in ALL}
"""By code."""
TITLES: dict[str, str] = {kind.code: kind.title for kind in ALL} | {OUTCOME: "办理反馈", ERASURE: "依法删除记录"}
"""Of every kind of receipt, those about receipts among them."""
ANSWERS: dict[str, str] = {code: title for kind in reversed(ALL) for code, title in kind.answers.items()}
"""Titles of answers of all kinds, by code."""
_BY_QUESTION = {kind.question: kind for kind in ALL}


def kind_of(question: Inquiry[Decided]) -> Kind[Inquiry[Decided], Decided]:
    """The row of a question."""
    kind: Kind[Any, Any] = _BY_QUESTION[type(question)]
    return kind


def answered(kind: str, decision: bytes) -> AnswerDuties:
    """What a receipt's decision called for. Raises ValueError for another kind of receipt and for unreadable bytes."""
    row = KINDS.get(kind)
    if row is None or row.reporting is None:
        raise ValueError(f"a receipt of kind {kind} calls for nothing")
    return row.reporting.called_for(row.read_brief(decision))
