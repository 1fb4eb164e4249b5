"""Values that every kind shares: subjects and facts of questions, what answers rest on, where their receipts are."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from creditgate.v1 import common_pb2, errors_pb2

from .._contract import Role
from ..errors import CreditGateError, invalid, of_failure
from ..wire import listed, of_kind, pack, packs

FactValue = bool | int | Decimal | date | str
"""A fact's value: bool for flags, int for whole numbers, Decimal for yuan, date for days, str for the written form."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject in a role. `identifier`: a USCC, `person:` and a citizen identity number, or `p:` and a person key."""

    identifier: str
    role: Role = Role.APPLICANT

    @classmethod
    def parse(cls, text: str) -> Subject:
        """From `[ROLE:]IDENTIFIER`. Raises InvalidQuestion for an unknown role."""
        head, _, rest = of_kind(str, text, "subject").partition(":")
        if not rest or head in ("person", "p"):
            return cls(text)
        if head not in set(Role):
            raise invalid(f"不认识的角色 {head!r}", "角色为 " + "、".join(Role) + " 之一", "subject")
        return cls(rest, Role(head))


@dataclass(frozen=True, slots=True)
class QuestionFailed:
    """A question of a batch that was not answered."""

    error: CreditGateError


def failed(failure: errors_pb2.Failure) -> QuestionFailed:
    """The error of a question that was not answered."""
    return QuestionFailed(of_failure(failure))


def new_request_id() -> str:
    """An id that no other question has."""
    return uuid.uuid4().hex


def subject_of(given: str | Subject) -> Subject:
    """One subject, from text or a value. Raises InvalidQuestion for what is neither."""
    return Subject.parse(given) if isinstance(given, str) else of_kind(Subject, given, "subject")


def pin(rule_set: str, at_least_activation: int) -> common_pb2.Pin | None:
    """Under which rules a question is to be answered; None: any. Raises InvalidQuestion."""
    if not rule_set and not at_least_activation:
        return None
    return pack(common_pb2.Pin, rule_set=rule_set, at_least_activation=at_least_activation or None)


def subjects_of(given: str | Subject | Iterable[str | Subject], field: str = "subjects") -> tuple[Subject, ...]:
    """One or several subjects, from text or values. Raises InvalidQuestion for what is neither."""
    entries = (given,) if isinstance(given, str | Subject) else listed(given, field)
    return tuple(Subject.parse(one) if isinstance(one, str) else of_kind(Subject, one, field) for one in entries)


@packs(common_pb2.Subject)
def _subject(subject: Subject) -> common_pb2.Subject:
    return pack(common_pb2.Subject, role=subject.role, **_identity(subject.identifier))


@packs(common_pb2.SubjectIdentity)
def _subject_identity(subject: Subject) -> common_pb2.SubjectIdentity:
    return pack(common_pb2.SubjectIdentity, **_identity(subject.identifier))


def _identity(identifier: str) -> dict[str, str]:
    """The field that an identifier goes into."""
    if identifier.startswith("person:"):
        return {"citizen_id": identifier.removeprefix("person:")}
    return {"person_key" if identifier.startswith("p:") else "uscc": identifier}


@packs(common_pb2.Fact)
def _fact(item: tuple[str, FactValue]) -> common_pb2.Fact:
    """The type of the value chooses the field."""
    name, value = of_kind(tuple, item, "")
    return common_pb2.Fact(name=name, value=_fact_value(name, value))


def _fact_value(name: str, value: FactValue) -> common_pb2.FactValue:
    if isinstance(value, bool):
        return common_pb2.FactValue(flag=value)
    if isinstance(value, int):
        return common_pb2.FactValue(whole=value)
    if isinstance(value, Decimal):
        return common_pb2.FactValue(written=format(value, "f"))
    if isinstance(value, date) and not isinstance(value, datetime):
        return common_pb2.FactValue(day=value.isoformat())
    if isinstance(value, str):
        return common_pb2.FactValue(written=value)
    hint = '金额和小数用 Decimal("66.50") 或文字; 其余用 bool、int、date 或 str'
    raise invalid(f"事实的值不能是 {type(value).__name__}", hint, str(name))
