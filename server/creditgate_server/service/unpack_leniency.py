"""From a leniency request to a checked question. Every fault is an InvalidQuestion or NotYours that names the field."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import msgspec

from creditgate import limits
from creditgate.v1 import leniency_pb2

from ..clock import add_months, legal_day
from ..codes import age_on, birth_day, citizen_id_fault
from ..decision.leniency.question import LeniencyQuestion
from ..decision.question import SubjectInRole
from ..errors import InvalidQuestion, all_wrong
from ..rulebook.catalogue import Catalogue, FactSource
from ..rulebook.language import ACT_ENDED_ON, DISCOVERED_ON, Value
from .contradictions import CORRECTED_ON, DEADLINE_ON, FLAG_OF, require_consistent
from .facts import unpack_facts
from .fields import instant_asked, legal_day_asked, nearest, parse_day, region_asked, require_text, shown
from .unpack import Body, HashOfPerson, Request, as_written, asked, party, require_organ, require_question
from .wire import faults_of

PARTY_AGE = "party_age"
_DayField = Literal["acted_on", "act_ended_on", "discovered_on", "corrected_on"]
FIRST_DAY = date(1996, 10, 1)
"""First day that a case may name, inclusive: the first penalty law (行政处罚法) came into force on it."""
FIRST_ACT = date(1949, 10, 1)
"""First day, inclusive, on which an act may have begun that went on under the penalty law."""
LONGEST_TERM_MONTHS = 60
"""A term for the correction ends no later than so long after the legal day: no act can be penalised after longer."""


class _Days(msgspec.Struct, frozen=True, kw_only=True):
    """The days of the case, as given."""

    acted: date | None
    ended: date | None
    discovered: date | None
    corrected: date | None
    deadline: date | None


def unpack_leniency(
    request: leniency_pb2.EvaluateLeniencyRequest | leniency_pb2.BatchEvaluateLeniencyItem,
    catalogue: Catalogue,
    hash_person: HashOfPerson,
    now: datetime,
    own_region: str,
) -> Request[LeniencyQuestion]:
    """The question. `own_region`: division that an empty region means. Raises InvalidQuestion and NotYours."""
    given: leniency_pb2.LeniencyQuestion = require_question(request)
    require_organ(given.organ, catalogue)
    _require_act(given, catalogue)
    _require_sound(given, catalogue, hash_person, now, own_region)
    today = legal_day(now)
    day = legal_day_asked(_said(given, "as_of"), "as_of", today)
    days = _days(given, day)
    facts = unpack_facts(given.facts, catalogue.facts, FactSource.CIRCUMSTANCE)
    facts |= _facts_of_days(days)
    require_consistent(facts, lambda name: _place(given, name))
    facts |= {flag: 1 for name, flag in FLAG_OF.items() if name in facts}
    facts |= _age(given, days.ended, facts, today)
    region = region_asked(given.region, own_region, catalogue)
    question = LeniencyQuestion(
        organ=given.organ,
        exemption=given.exemption,
        description=given.description,
        case_number=require_text(given.case_number, "case_number", limits.LONGEST_CASE_NUMBER),
        subject=_party(given, hash_person, today),
        facts=dict(sorted(facts.items())),
        region=region,
        purpose=require_text(given.purpose, "purpose", limits.LONGEST_PURPOSE),
        day=day,
        known_at=_known_at(given, now),
    )
    body = Body(
        service="leniency",
        organ=question.organ,
        subjects=(question.subject,),
        purpose=question.purpose,
        as_of=given.as_of,
        known_at=as_written(question.known_at),
        item=f"{question.exemption}\n{question.description}\n{region}\n{given.acted_on}",
        case_number=question.case_number,
        facts=question.facts,
    )
    return asked(question, request.request_id, body)


def _require_sound(
    given: leniency_pb2.LeniencyQuestion,
    catalogue: Catalogue,
    hash_person: HashOfPerson,
    now: datetime,
    own_region: str,
) -> None:
    """Each part by itself is sound. Raises InvalidQuestion with every fault, in the order of the fields."""
    today = legal_day(now)
    faults = faults_of(
        (
            lambda: require_text(given.case_number, "case_number", limits.LONGEST_CASE_NUMBER),
            lambda: _party(given, hash_person, today),
            lambda: _days(given, legal_day_asked(_said(given, "as_of"), "as_of", today)),
            lambda: unpack_facts(given.facts, catalogue.facts, FactSource.CIRCUMSTANCE),
            lambda: region_asked(given.region, own_region, catalogue),
            lambda: require_text(given.purpose, "purpose", limits.LONGEST_PURPOSE),
            lambda: _known_at(given, now),
        )
    )
    found = list(faults)
    if found:
        raise all_wrong(found)


def _party(given: leniency_pb2.LeniencyQuestion, hash_person: HashOfPerson, today: date) -> SubjectInRole:
    if not given.HasField("subject"):
        raise InvalidQuestion("缺少当事人", "请给出一个主体", "subject")
    return party(given.subject, "subject", hash_person, today)


def _known_at(given: leniency_pb2.LeniencyQuestion, now: datetime) -> datetime | None:
    return instant_asked(given.known_at if given.HasField("known_at") else None, "known_at", now)


def _said(given: leniency_pb2.LeniencyQuestion, field: Literal["as_of"]) -> str | None:
    return getattr(given, field) if given.HasField(field) else None


def _require_act(request: leniency_pb2.LeniencyQuestion, catalogue: Catalogue) -> None:
    """The act is an entry of the organ's own, or a description."""
    if request.WhichOneof("act") is None:
        raise InvalidQuestion(
            "应给出免罚事项代码或违法行为的描述, 二者之一", "清单上的行为给代码, 其他的写描述", "exemption"
        )
    if request.WhichOneof("act") == "description":
        require_text(request.description, "description", limits.LONGEST_DESCRIPTION)
        return
    entry = catalogue.exemptions.get(request.exemption)
    if entry is None:
        raise InvalidQuestion(
            f"没有代码为 {shown(request.exemption)} 的免罚事项", _entry_meant(request.exemption, catalogue), "exemption"
        )
    if entry.organ != request.organ:
        owner = catalogue.organs[entry.organ].title
        raise InvalidQuestion(
            f"事项 {entry.code} 不由部门 {request.organ} 实施", f"该事项由{owner}({entry.organ})实施", "exemption"
        )


def _entry_meant(wanted: str, catalogue: Catalogue) -> str:
    """A hint that names the entry of this title or basic code, or the one whose code is nearest."""
    for entry in catalogue.exemptions.values():
        if wanted in (entry.title, entry.basic_code):
            return f"是否指 {entry.code}?"
    return nearest(wanted.lower(), catalogue.exemptions) or "用 creditgate exemptions search 查找"


def _days(request: leniency_pb2.LeniencyQuestion, today: date) -> _Days:
    """The days, each within its bounds and in their order."""
    acted = _past(request, "acted_on", today, FIRST_ACT)
    ended = _past(request, "act_ended_on", today)
    discovered = _past(request, "discovered_on", today)
    corrected = _past(request, "corrected_on", today)
    deadline = _term(request.deadline_on, today) if request.HasField("deadline_on") else None
    if ended is not None and acted is None:
        raise InvalidQuestion("给出了行为终了之日, 却没有行为发生之日", "请一并给出 acted_on", "acted_on")
    if ended is None and acted is not None:
        _require_not_before(acted, FIRST_DAY, "acted_on", "; 以后仍在继续的, 终了之日写在 act_ended_on")
    _in_order(acted, ended, "act_ended_on", "行为终了之日早于行为发生之日")
    _in_order(acted, discovered, "discovered_on", "发现之日早于行为发生之日")
    _in_order(ended, discovered, "discovered_on", "发现之日早于行为终了之日; 发现时仍在继续的, 终了之日写发现之日")
    _in_order(acted, corrected, "corrected_on", "改正之日早于行为发生之日")
    _in_order(discovered, deadline, "deadline_on", "责令改正期限早于发现之日")
    return _Days(acted=acted, ended=ended or acted, discovered=discovered, corrected=corrected, deadline=deadline)


def _past(given: leniency_pb2.LeniencyQuestion, field: _DayField, today: date, first: date = FIRST_DAY) -> date | None:
    """A day from `first` to the legal day, both inclusive."""
    if not given.HasField(field):
        return None
    day = parse_day(getattr(given, field), field)
    if day > today:
        raise InvalidQuestion(f"日期 {day} 晚于判断日 {today}", "案件的日期不能在判断日以后", field)
    _require_not_before(day, first, field)
    return day


def _require_not_before(day: date, first: date, field: str, besides: str = "") -> None:
    if day < first:
        why = "该日以前没有行政处罚法" if first == FIRST_DAY else "请查对年份"
        raise InvalidQuestion(f"日期 {day} 早于 {first}", f"{why}{besides}", field)


def _term(text: str, today: date) -> date:
    """The last day of the term for the correction."""
    day, last = parse_day(text, "deadline_on"), add_months(today, LONGEST_TERM_MONTHS)
    _require_not_before(day, FIRST_DAY, "deadline_on")
    if day > last:
        raise InvalidQuestion(
            f"责令改正期限 {day} 晚于 {last}", "deadline_on 最晚为判断日后五年, 请查对年份", "deadline_on"
        )
    return day


def _in_order(earlier: date | None, later: date | None, field: str, message: str) -> None:
    if earlier is not None and later is not None and later < earlier:
        raise InvalidQuestion(message, "请查对日期", field)


def _facts_of_days(days: _Days) -> dict[str, Value]:
    """The days as facts."""
    named = {
        ACT_ENDED_ON: days.ended,
        DISCOVERED_ON: days.discovered,
        CORRECTED_ON: days.corrected,
        DEADLINE_ON: days.deadline,
    }
    return {name: day.isoformat() for name, day in named.items() if day is not None}


def _age(
    request: leniency_pb2.LeniencyQuestion, ended: date | None, given: dict[str, Value], today: date
) -> dict[str, Value]:
    """The age at the act, read off a sound identity number before it is hashed."""
    said = given.get(PARTY_AGE)
    if isinstance(said, int) and not 0 <= said <= limits.OLDEST:
        raise InvalidQuestion(f"年龄超出范围: {said} 周岁", f"0 至 {limits.OLDEST}", _place(request, PARTY_AGE))
    number = request.subject.citizen_id
    born = None if citizen_id_fault(number, today) else birth_day(number)
    if born is None or ended is None:
        return {}
    if ended < born:
        field = "act_ended_on" if request.act_ended_on else "acted_on"
        raise InvalidQuestion("违法行为早于当事人出生", "请查对日期和公民身份号码", field)
    age = max(age_on(born, ended), 0)
    if said is not None and said != age:
        raise InvalidQuestion(
            f"事实 {PARTY_AGE} 与公民身份号码不符: 行为时应为 {age} 周岁",
            "去掉这项事实, 或查对号码",
            _place(request, PARTY_AGE),
        )
    return {PARTY_AGE: age}


def _place(request: leniency_pb2.LeniencyQuestion, name: str) -> str:
    """The field of a fact or a day that was given."""
    return next((f"facts[{index}]" for index, fact in enumerate(request.facts) if fact.name == name), name)
