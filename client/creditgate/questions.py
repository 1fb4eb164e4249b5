"""Building requests from words and plain values."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from creditgate.v1 import common_pb2, credit_check_pb2, supervision_pb2

from .errors import InvalidQuestion

FactValue = bool | int | Decimal | date | str
"""A fact's value: bool for flags, int for whole numbers, Decimal for yuan, date for days, str for the written form."""

DEFAULT_PURPOSE = "行政审批信用核查"


class Role(StrEnum):
    """A subject's part in the application."""

    APPLICANT = "applicant"
    LEGAL_REPRESENTATIVE = "legal_representative"
    CONTROLLING_SHAREHOLDER = "controlling_shareholder"
    ACTUAL_CONTROLLER = "actual_controller"
    THIRD_PARTY_PRACTITIONER = "third_party_practitioner"
    AGENT = "agent"


class Stage(StrEnum):
    """Step of the approval."""

    ACCEPTANCE = "acceptance"
    EXAMINATION = "examination"
    DECISION = "decision"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject in a role. `identifier`: a USCC, `person:` and a citizen identity number, or `p:` and a person key."""

    identifier: str
    role: Role = Role.APPLICANT

    @classmethod
    def parse(cls, text: str) -> Subject:
        """From `[ROLE:]IDENTIFIER`. Raises InvalidQuestion for an unknown role."""
        head, _, rest = text.partition(":")
        if not rest or head in ("person", "p"):
            return cls(text)
        if head not in set(Role):
            raise InvalidQuestion(
                f"不认识的角色 {head!r}", "角色为 " + "、".join(Role) + " 之一", "subject", "INVALID_QUESTION"
            )
        return cls(rest, Role(head))


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of a batch."""

    organ: str
    item: str
    subjects: tuple[Subject, ...]
    case_number: str = ""
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    purpose: str = DEFAULT_PURPOSE
    stage: Stage = Stage.ACCEPTANCE
    as_of: date | str | None = None
    known_at: datetime | str | None = None
    request_id: str | None = None
    explain: bool = False
    rule_set: str = ""
    """Digest of the rule set that must be in force; another one is RuleSetChanged. Empty: any."""
    at_least_activation: int = 0
    """Number of the earliest activation that will do; 0: any."""

    def to_proto(self) -> credit_check_pb2.CheckRequest:
        """The request. A question without a request_id gets one, so that a retry is safe.

        Raises InvalidQuestion for what a message can't hold: broken text, a number beyond 64 bits, an unknown stage.
        """
        with unsendable_is_invalid():
            return self._message()

    def _message(self) -> credit_check_pb2.CheckRequest:
        return credit_check_pb2.CheckRequest(
            organ=self.organ,
            item=self.item,
            case_number=self.case_number,
            stage=credit_check_pb2.Stage.Value(f"STAGE_{self.stage.upper()}"),
            subjects=[subject_proto(subject) for subject in self.subjects],
            facts=[fact_proto(name, value) for name, value in self.facts.items()],
            purpose=self.purpose,
            as_of=text_of(self.as_of),
            known_at=text_of(self.known_at),
            request_id=self.request_id or new_request_id(),
            explain=self.explain,
            rule_set=self.rule_set,
            at_least_activation=self.at_least_activation,
        )


@contextmanager
def unsendable_is_invalid() -> Iterator[None]:
    """Turns what protobuf refuses to take into InvalidQuestion."""
    try:
        yield
    except (ValueError, TypeError) as fault:
        raise InvalidQuestion(
            f"问题中有不能发送的内容: {fault!s:.200}".encode(errors="replace").decode(),
            "请核对文字编码、数值大小和类型",
            reason="INVALID_QUESTION",
        ) from fault


def new_request_id() -> str:
    """An id that no other question has."""
    return uuid.uuid4().hex


def subjects_of(given: str | Subject | Iterable[str | Subject]) -> tuple[Subject, ...]:
    """One or several subjects, from text or values."""
    if isinstance(given, str | Subject):
        given = (given,)
    return tuple(Subject.parse(entry) if isinstance(entry, str) else entry for entry in given)


def subject_proto(subject: Subject) -> common_pb2.Subject:
    """The subject's message."""
    message = common_pb2.Subject(role=common_pb2.Role.Value(f"ROLE_{subject.role.upper()}"))
    if subject.identifier.startswith("person:"):
        message.citizen_id = subject.identifier.removeprefix("person:")
    elif subject.identifier.startswith("p:"):
        message.person_key = subject.identifier
    else:
        message.uscc = subject.identifier
    return message


def fact_proto(name: str, value: FactValue) -> common_pb2.Fact:
    """The fact's message: the type of the value chooses the field."""
    if isinstance(value, bool):
        return common_pb2.Fact(name=name, flag=value)
    if isinstance(value, int):
        return common_pb2.Fact(name=name, whole=value)
    if isinstance(value, Decimal):
        return common_pb2.Fact(name=name, written=format(value, "f"))
    if isinstance(value, date):
        return common_pb2.Fact(name=name, day=value.isoformat())
    return common_pb2.Fact(name=name, written=value)


def level_proto(
    organ: str,
    subject: str | Subject,
    as_of: date | str | None,
    purpose: str,
    request_id: str | None,
    rule_set: str,
    at_least_activation: int,
) -> supervision_pb2.GetLevelRequest:
    """The level question's message."""
    with unsendable_is_invalid():
        return supervision_pb2.GetLevelRequest(
            organ=organ,
            subject=subject_proto(subjects_of(subject)[0]),
            as_of=text_of(as_of),
            purpose=purpose,
            request_id=request_id or new_request_id(),
            rule_set=rule_set,
            at_least_activation=at_least_activation,
        )


def text_of(value: date | datetime | str | None) -> str:
    """A day or an instant as the contract writes it; empty for None."""
    if value is None:
        return ""
    return value if isinstance(value, str) else value.isoformat()
