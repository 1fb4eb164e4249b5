"""From a request to a checked question. Every fault is an InvalidQuestion or NotYours that names the field."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import date, datetime

import msgspec

from creditgate.v1 import common_pb2, credit_check_pb2, supervision_pb2

from ..clock import legal_day
from ..codes import PERSON_KEY, citizen_id_fault, uscc_fault
from ..decision.check.question import Question
from ..decision.level.question import LevelQuestion
from ..decision.parts import canonical
from ..decision.question import SubjectInRole
from ..errors import InvalidQuestion, NotYours
from ..rulebook.catalogue import Catalogue
from ..rulebook.language import Role, Stage, Value
from .facts import unpack_facts
from .fields import instant_asked, legal_day_asked, nearest, require_id, require_text, shown

MOST_SUBJECTS = 20
LONGEST_CASE_NUMBER = 64
LONGEST_PURPOSE = 200
LONGEST_REQUEST_ID = 64

HashOfPerson = Callable[[str, date], str]
"""From a citizen identity number and the present legal day to its keyed hash, `p:` and 64 hexadecimal digits."""

_ROLES: dict[int, Role] = {
    common_pb2.ROLE_UNSPECIFIED: Role.APPLICANT,
    common_pb2.ROLE_APPLICANT: Role.APPLICANT,
    common_pb2.ROLE_LEGAL_REPRESENTATIVE: Role.LEGAL_REPRESENTATIVE,
    common_pb2.ROLE_CONTROLLING_SHAREHOLDER: Role.CONTROLLING_SHAREHOLDER,
    common_pb2.ROLE_ACTUAL_CONTROLLER: Role.ACTUAL_CONTROLLER,
    common_pb2.ROLE_THIRD_PARTY_PRACTITIONER: Role.THIRD_PARTY_PRACTITIONER,
    common_pb2.ROLE_AGENT: Role.AGENT,
}
_STAGES: dict[int, Stage] = {
    credit_check_pb2.STAGE_UNSPECIFIED: Stage.ACCEPTANCE,
    credit_check_pb2.STAGE_ACCEPTANCE: Stage.ACCEPTANCE,
    credit_check_pb2.STAGE_EXAMINATION: Stage.EXAMINATION,
    credit_check_pb2.STAGE_DECISION: Stage.DECISION,
    credit_check_pb2.STAGE_AFTER: Stage.AFTER,
}


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


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A checked credit check, and what makes its retry safe."""

    question: Question
    request_id: str
    body: str
    """Digest of the body."""


class LevelAsked(msgspec.Struct, frozen=True, kw_only=True):
    """A checked level question, and what makes its retry safe."""

    question: LevelQuestion
    request_id: str
    body: str


def unpack_check(
    request: credit_check_pb2.CheckRequest, catalogue: Catalogue, hash_person: HashOfPerson, now: datetime
) -> Asked:
    """The question of a Check. Raises InvalidQuestion and NotYours."""
    require_item(request.organ, request.item, catalogue)
    question = Question(
        organ=request.organ,
        item=request.item,
        case_number=require_text(request.case_number, "case_number", LONGEST_CASE_NUMBER),
        stage=_stage(request.stage),
        subjects=_subjects(request.subjects, hash_person, legal_day(now)),
        facts=unpack_facts(request.facts, catalogue.facts),
        purpose=require_text(request.purpose, "purpose", LONGEST_PURPOSE),
        day=legal_day_asked(request.as_of, "as_of", legal_day(now)),
        known_at=instant_asked(request.known_at, "known_at", now),
        explain=request.explain,
    )
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
    request_id = require_id(request.request_id, "request_id", LONGEST_REQUEST_ID)
    return Asked(question=question, request_id=request_id, body=body.digest())


def unpack_level(
    request: supervision_pb2.GetLevelRequest, catalogue: Catalogue, hash_person: HashOfPerson, now: datetime
) -> LevelAsked:
    """The question of a GetLevel. Raises InvalidQuestion."""
    require_organ(request.organ, catalogue)
    if not request.HasField("subject"):
        raise InvalidQuestion("缺少信用主体", "请给出一个主体", "subject")
    question = LevelQuestion(
        organ=request.organ,
        subject=SubjectInRole(
            identifier=identifier_asked(request.subject, "subject", hash_person, legal_day(now)), role=Role.APPLICANT
        ),
        purpose=require_text(request.purpose, "purpose", LONGEST_PURPOSE),
        day=legal_day_asked(request.as_of, "as_of", legal_day(now)),
    )
    body = Body(
        service="level",
        organ=question.organ,
        subjects=(question.subject,),
        purpose=question.purpose,
        as_of=request.as_of,
    )
    request_id = require_id(request.request_id, "request_id", LONGEST_REQUEST_ID)
    return LevelAsked(question=question, request_id=request_id, body=body.digest())


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


def _stage(number: int) -> Stage:
    stage = _STAGES.get(number)
    if stage is None:
        raise InvalidQuestion(f"没有编号为 {number} 的环节", "请用 Stage 中的值", "stage")
    return stage


def _subjects(
    subjects: Sequence[common_pb2.Subject], hash_person: HashOfPerson, today: date
) -> tuple[SubjectInRole, ...]:
    if not subjects:
        raise InvalidQuestion("缺少信用主体", f"请给出 1 至 {MOST_SUBJECTS} 个主体", "subjects")
    if len(subjects) > MOST_SUBJECTS:
        raise InvalidQuestion(f"主体过多: {len(subjects)} 个", f"最多 {MOST_SUBJECTS} 个", "subjects")
    asked: list[SubjectInRole] = []
    for index, subject in enumerate(subjects):
        field = f"subjects[{index}]"
        role = _ROLES.get(subject.role)
        if role is None:
            raise InvalidQuestion(f"没有编号为 {subject.role} 的角色", "请用 Role 中的值", f"{field}.role")
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
