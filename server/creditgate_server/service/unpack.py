"""From a request to a checked question. Every fault is an InvalidQuestion or NotYours that names the field."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, Generic, TypeVar

import msgspec

from creditgate import limits
from creditgate.v1 import common_pb2, credit_check_pb2, supervision_pb2

from ..clock import legal_day
from ..codes import PERSON_KEY, citizen_id_fault, uscc_fault
from ..decision.check.question import Question
from ..decision.level.question import LevelQuestion
from ..decision.parts import canonical
from ..decision.question import Inquiry, SubjectInRole
from ..errors import InvalidQuestion, NotYours
from ..rulebook.catalogue import Catalogue
from ..rulebook.language import Role, Stage, Value
from .facts import unpack_facts
from .fields import instant_asked, legal_day_asked, nearest, require_id, require_text, shown, text
from .wire import Reading, member

HashOfPerson = Callable[[str, date], str]
"""From a citizen identity number and the present legal day to its keyed hash, `p:` and 64 hexadecimal digits."""

_ROLE = member(Role, common_pb2.Role.DESCRIPTOR, "角色", {0: Role.APPLICANT})
_STAGE = member(
    Stage, credit_check_pb2.Stage.DESCRIPTOR, "环节", {credit_check_pb2.STAGE_UNSPECIFIED: Stage.ACCEPTANCE}
)


class QuestionContext(msgspec.Struct, frozen=True):
    """What a question is checked against."""

    catalogue: Catalogue
    hash_person: HashOfPerson
    now: datetime
    today: date


CHECK = Reading(
    Question,
    credit_check_pb2.CheckRequest,
    {
        "case_number": text(limits.LONGEST_CASE_NUMBER),
        "stage": _STAGE,
        "subjects": lambda given, _, told: _subjects(given, told.hash_person, told.today),
        "facts": lambda given, _, told: unpack_facts(given, told.catalogue.facts),
        "purpose": text(limits.LONGEST_PURPOSE),
        "day": lambda given, field, told: legal_day_asked(given, field, told.today),
        "known_at": lambda given, field, told: instant_asked(given, field, told.now),
    },
    named={"day": "as_of"},
)


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """What makes two requests the same: the checked question, with its days as the caller wrote them."""

    service: str
    organ: str
    subjects: tuple[SubjectInRole, ...]
    purpose: str
    as_of: str
    known_at: str = ""
    item: str = ""
    case_number: str = ""
    stage: str = ""
    facts: dict[str, Value] = {}
    explain: bool = False

    def digest(self) -> str:
        """SHA-256 of the canonical JSON, hexadecimal. A retry after midnight has the same one."""
        return hashlib.sha256(canonical(self)).hexdigest()


Kind = TypeVar("Kind", bound=Inquiry[Any])


class Request(msgspec.Struct, Generic[Kind], frozen=True, kw_only=True):
    """A checked question, and what makes its retry safe."""

    question: Kind
    request_id: str
    body: str
    """Digest of the body."""


def unpack_check(
    request: credit_check_pb2.CheckRequest, catalogue: Catalogue, hash_person: HashOfPerson, now: datetime
) -> Request[Question]:
    """The question of a Check. Raises InvalidQuestion and NotYours."""
    require_item(request.organ, request.item, catalogue)
    question = CHECK.read(request, QuestionContext(catalogue, hash_person, now, legal_day(now)))
    body = Body(
        service="check",
        organ=question.organ,
        item=question.item,
        case_number=question.case_number,
        stage=question.stage,
        subjects=question.subjects,
        facts=question.facts,
        purpose=question.purpose,
        as_of=request.as_of,
        known_at=request.known_at,
        explain=question.explain,
    )
    return asked(question, request.request_id, body)


def unpack_level(
    request: supervision_pb2.GetLevelRequest, catalogue: Catalogue, hash_person: HashOfPerson, now: datetime
) -> Request[LevelQuestion]:
    """The question of a GetLevel. Raises InvalidQuestion."""
    require_organ(request.organ, catalogue)
    if not request.HasField("subject"):
        raise InvalidQuestion("缺少信用主体", "请给出一个主体", "subject")
    today = legal_day(now)
    question = LevelQuestion(
        organ=request.organ,
        subject=SubjectInRole(
            identifier=identifier_asked(request.subject, "subject", hash_person, today), role=Role.APPLICANT
        ),
        purpose=require_text(request.purpose, "purpose", limits.LONGEST_PURPOSE),
        day=legal_day_asked(request.as_of, "as_of", today),
    )
    body = Body(
        service="level",
        organ=question.organ,
        subjects=(question.subject,),
        purpose=question.purpose,
        as_of=request.as_of,
    )
    return asked(question, request.request_id, body)


def asked(question: Kind, request_id: str, body: Body) -> Request[Kind]:
    """A checked question with its id. Raises InvalidQuestion for the id."""
    checked = require_id(request_id, "request_id", limits.LONGEST_REQUEST_ID)
    return Request(question=question, request_id=checked, body=body.digest())


def require_organ(organ: str, catalogue: Catalogue) -> None:
    """The organ is in the catalogue."""
    if not organ:
        raise InvalidQuestion("缺少部门代码", "请填写规则库中的部门代码", "organ")
    if organ not in catalogue.organs:
        raise InvalidQuestion(f"没有代码为 {shown(organ)} 的部门", nearest(organ, catalogue.organs), "organ")


def require_item(organ: str, item: str, catalogue: Catalogue) -> None:
    """The item is in the catalogue and one of the organ's own."""
    require_organ(organ, catalogue)
    if not item:
        raise InvalidQuestion("缺少事项代码", "请填写规则库中的事项代码", "item")
    entry = catalogue.items.get(item)
    if entry is None:
        raise InvalidQuestion(f"没有代码为 {shown(item)} 的事项", nearest(item, catalogue.items), "item")
    if entry.organ != organ:
        raise NotYours(f"事项 {item} 不属于部门 {organ}", f"该事项属于 {entry.organ}", "item")


def _subjects(
    subjects: Sequence[common_pb2.Subject], hash_person: HashOfPerson, today: date
) -> tuple[SubjectInRole, ...]:
    if not subjects:
        raise InvalidQuestion("缺少信用主体", f"请给出 1 至 {limits.MOST_SUBJECTS} 个主体", "subjects")
    if len(subjects) > limits.MOST_SUBJECTS:
        raise InvalidQuestion(f"主体过多: {len(subjects)} 个", f"最多 {limits.MOST_SUBJECTS} 个", "subjects")
    asked: list[SubjectInRole] = []
    for index, subject in enumerate(subjects):
        field = f"subjects[{index}]"
        role = _ROLE(subject.role, f"{field}.role", None)
        one = SubjectInRole(identifier=identifier_asked(subject, field, hash_person, today), role=role)
        if one in asked:
            raise InvalidQuestion("同一主体以同一角色重复出现", "请去掉重复的主体", field)
        asked.append(one)
    return tuple(asked)


def identifier_asked(subject: common_pb2.Subject, field: str, hash_person: HashOfPerson, today: date) -> str:
    """USCC, or the key of a person who is born by `today`. Raises InvalidQuestion."""
    given = subject.WhichOneof("identifier")
    if given is None:
        raise InvalidQuestion("信用主体没有标识", "请给出 uscc、citizen_id 或 person_key 之一", field)
    if given == "uscc":
        return _sound(subject.uscc, uscc_fault(subject.uscc), f"{field}.uscc")
    if given == "citizen_id":
        _sound("", citizen_id_fault(subject.citizen_id, today), f"{field}.citizen_id")
        return hash_person(subject.citizen_id, today)
    wrong = "" if PERSON_KEY.fullmatch(subject.person_key) else "自然人密钥散列格式不符"
    return _sound(subject.person_key, wrong, f"{field}.person_key")


def _sound(identifier: str, fault: str, field: str) -> str:
    if fault:
        raise InvalidQuestion(fault, "请查对后重新填写", field)
    return identifier
