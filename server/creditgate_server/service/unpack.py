"""From a request to a checked question. Every fault is an InvalidQuestion or NotYours that names the field."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, Generic, TypeVar

import msgspec

from creditgate import limits
from creditgate.v1 import common_pb2, credit_check_pb2, supervision_pb2

from ..clock import legal_day, rfc3339
from ..codes import PERSON_KEY, citizen_id_fault, uscc_fault
from ..decision.check.question import Question
from ..decision.level.question import LevelQuestion
from ..decision.parts import canonical
from ..decision.question import Inquiry, SubjectInRole
from ..errors import InvalidQuestion, NotYours, all_wrong
from ..rulebook.catalogue import Catalogue
from ..rulebook.language import Role, Stage, Value
from .facts import unpack_facts
from .fields import instant_asked, legal_day_asked, meant, require_id, shown, text
from .wire import Reading, member

HashOfPerson = Callable[[str, date], str]
"""From a citizen identity number and the present legal day to its keyed hash, `p:` and 64 hexadecimal digits."""

_ROLE = member(Role, common_pb2.Role.DESCRIPTOR, "角色", {0: Role.APPLICANT})
_STAGE = member(Stage, credit_check_pb2.Stage.DESCRIPTOR, "环节")
_VIEWS: dict[int, bool] = {
    common_pb2.ANSWER_VIEW_UNSPECIFIED: False,
    common_pb2.ANSWER_VIEW_BASIC: True,
    common_pb2.ANSWER_VIEW_FULL: False,
}


def in_codes_asked(view: int) -> bool:
    """Whether an answer is to be in codes. Raises InvalidQuestion for a view that there is not."""
    if view not in _VIEWS:
        raise InvalidQuestion(f"没有编号为 {view} 的详略", "请用 AnswerView 中的值", "view")
    return _VIEWS[view]


def require_question(request: Any) -> Any:  # noqa: ANN401 - of any kind
    """The question of a request. Raises InvalidQuestion where there is none."""
    if not request.HasField("question"):
        raise InvalidQuestion("缺少问题", "请填写 question", "question")
    return request.question


class QuestionContext(msgspec.Struct, frozen=True):
    """What a question is checked against."""

    catalogue: Catalogue
    hash_person: HashOfPerson
    now: datetime
    today: date


CHECK = Reading(
    Question,
    credit_check_pb2.CheckQuestion,
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
    left=("explain",),
)
LEVEL = Reading(
    LevelQuestion,
    supervision_pb2.LevelQuestion,
    {
        "subject": lambda given, field, told: party(given, field, told.hash_person, told.today),
        "purpose": text(limits.LONGEST_PURPOSE),
        "day": lambda given, field, told: legal_day_asked(given, field, told.today),
    },
    named={"day": "as_of"},
    left=("known_at",),
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
    request: credit_check_pb2.CheckRequest | credit_check_pb2.BatchCheckItem,
    catalogue: Catalogue,
    hash_person: HashOfPerson,
    now: datetime,
    *,
    explain: bool = False,
) -> Request[Question]:
    """The question of a Check. Raises InvalidQuestion and NotYours."""
    given = require_question(request)
    require_item(given.organ, given.item, catalogue)
    question = CHECK.read(given, QuestionContext(catalogue, hash_person, now, legal_day(now)))
    if explain:
        question = msgspec.structs.replace(question, explain=True)
    body = Body(
        service="check",
        organ=question.organ,
        item=question.item,
        case_number=question.case_number,
        stage=question.stage,
        subjects=question.subjects,
        facts=question.facts,
        purpose=question.purpose,
        as_of=given.as_of,
        known_at=as_written(question.known_at),
        explain=question.explain,
    )
    return asked(question, request.request_id, body)


def unpack_level(
    request: supervision_pb2.AssessLevelRequest | supervision_pb2.BatchAssessLevelsItem,
    catalogue: Catalogue,
    hash_person: HashOfPerson,
    now: datetime,
) -> Request[LevelQuestion]:
    """The question of an AssessLevel. Raises InvalidQuestion."""
    given = require_question(request)
    require_organ(given.organ, catalogue)
    question = LEVEL.read(given, QuestionContext(catalogue, hash_person, now, legal_day(now)))
    body = Body(
        service="level",
        organ=question.organ,
        subjects=(question.subject,),
        purpose=question.purpose,
        as_of=given.as_of,
    )
    return asked(question, request.request_id, body)


def as_written(instant: datetime | None) -> str:
    """An instant as a body has it: one instant, one text."""
    return rfc3339(instant) if instant is not None else ""


def party(
    subject: common_pb2.SubjectIdentity | None, field: str, hash_person: HashOfPerson, today: date
) -> SubjectInRole:
    """The subject that a question is about. Raises InvalidQuestion."""
    if subject is None:
        raise InvalidQuestion("缺少信用主体", "请给出一个主体", field)
    return SubjectInRole(identifier=identifier_asked(subject, field, hash_person, today), role=Role.APPLICANT)


def asked(question: Kind, request_id: str, body: Body) -> Request[Kind]:
    """A checked question with its id. Raises InvalidQuestion for the id."""
    checked = require_id(request_id, "request_id", limits.LONGEST_REQUEST_ID)
    return Request(question=question, request_id=checked, body=body.digest())


def require_organ(organ: str, catalogue: Catalogue) -> None:
    """The organ is in the catalogue."""
    if not organ:
        raise InvalidQuestion("缺少部门代码", "请填写规则库中的部门代码", "organ")
    if organ not in catalogue.organs:
        raise InvalidQuestion(f"没有代码为 {shown(organ)} 的部门", meant(organ, catalogue.organs), "organ")


def require_item(organ: str, item: str, catalogue: Catalogue) -> None:
    """The item is in the catalogue and one of the organ's own."""
    require_organ(organ, catalogue)
    if not item:
        raise InvalidQuestion("缺少事项代码", "请填写规则库中的事项代码", "item")
    entry = catalogue.items.get(item)
    if entry is None:
        raise InvalidQuestion(f"没有代码为 {shown(item)} 的事项", meant(item, catalogue.items), "item")
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
    faults: list[InvalidQuestion] = []
    for index, subject in enumerate(subjects):
        field = f"subjects[{index}]"
        try:
            role = _ROLE(subject.role, f"{field}.role", None)
            one = SubjectInRole(identifier=identifier_asked(subject, field, hash_person, today), role=role)
            if one in asked:
                raise InvalidQuestion("同一主体以同一角色重复出现", "请去掉重复的主体", field)
            asked.append(one)
        except InvalidQuestion as fault:
            faults.append(fault)
    if faults:
        raise all_wrong(faults)
    return tuple(asked)


def identifier_asked(
    subject: common_pb2.Subject | common_pb2.SubjectIdentity, field: str, hash_person: HashOfPerson, today: date
) -> str:
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
