"""Receipts of the shipped rules, made as the service makes them, with all that an explanation needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from creditgate_server.decision.check.question import Question
from creditgate_server.decision.knowledge import Knowledge, Rating, Record
from creditgate_server.decision.leniency.question import LeniencyQuestion
from creditgate_server.decision.level.question import LevelQuestion
from creditgate_server.decision.outcome.values import Findings, Report, Retraction
from creditgate_server.decision.parts import canonical
from creditgate_server.decision.question import SubjectInRole
from creditgate_server.judging.judge import Judge
from creditgate_server.ledger.erasing import Erasure
from creditgate_server.ledger.receipt import Contents, Draft, Receipt, contents, make_receipt
from creditgate_server.rulebook.language import Role, Stage
from creditgate_server.studies.explanation.explanation import Material, explain
from creditgate_server.studies.explanation.values import Explanation
from tests.golden.test_golden import judge
from tests.replay.mill import drafted

FIRM = "91441900708017879M"
DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def record(kind: str, decided_on: date, *, severity: str = "", listed: str = "", **changes: object) -> Record:
    catalogue = judge().rule_set.catalogue
    fields: dict[str, object] = {
        "source": catalogue.lists[listed].feed if listed else catalogue.record_kinds[kind].feed,
        "document_number": "东市监罚〔2026〕7号",
        "kind": kind,
        "list": listed,
        "severity": severity,
        "organ": "market-regulation",
        "organ_title": "东莞市市场监督管理局",
        "decided_on": decided_on,
        "effective_from": decided_on,
        **changes,
    }
    return Record(**fields)


def known(*records: Record, evaluation: str = "B", identifier: str = FIRM) -> Knowledge:
    return Knowledge(
        identifier=identifier,
        present=True,
        attributes={"registered_on": "2015-01-01", "operating_state": "normal"},
        records=records,
        ratings=(Rating(ladder="public-credit", rating=evaluation, decided_on=date(2026, 1, 1)),),
    )


def feeds(day: date = DAY) -> dict[str, date]:
    """Every feed complete up to two days before."""
    return {code: day - timedelta(days=2) for code, feed in judge().rule_set.catalogue.feeds.items() if not feed.own}


def checked(
    item: str, *knowledge: Knowledge, day: date = DAY, facts: Mapping[str, int | str] | None = None, case: str = "1"
) -> Receipt:
    """The receipt of a check of these subjects, the first the applicant, the others its agents."""
    roles = (Role.APPLICANT, *([Role.AGENT] * (len(knowledge) - 1)))
    question = Question(
        organ=judge().rule_set.catalogue.items[item].organ,
        item=item,
        case_number=case,
        stage=Stage.ACCEPTANCE,
        subjects=tuple(
            SubjectInRole(identifier=one.identifier, role=role) for one, role in zip(knowledge, roles, strict=True)
        ),
        facts=dict(facts or {}),
        purpose="行政审批信用核查",
        day=day,
    )
    decision = judge().judge(question, {one.identifier: one for one in knowledge}, feeds(day))
    return written(drafted(question, decision))


def levelled(knowledge: Knowledge) -> Receipt:
    question = LevelQuestion(
        organ="market-regulation",
        subject=SubjectInRole(identifier=knowledge.identifier, role=Role.APPLICANT),
        purpose="分级分类监管",
        day=DAY,
    )
    return written(drafted(question, judge().judge(question, {knowledge.identifier: knowledge}, feeds())))


def lenient(question: LeniencyQuestion, knowledge: Knowledge, by: Judge) -> Receipt:
    found = by.judge(question, {knowledge.identifier: knowledge}, feeds(question.day))
    return written(drafted(question, found))


def reported(said: Report | Retraction, answer: str, findings: Findings, *, at: datetime = NOW) -> Receipt:
    """The receipt of a report."""
    draft = Draft(
        caller="gate",
        request_id=None,
        body_digest="b" * 64,
        kind="outcome",
        organ="market-regulation",
        item="",
        case_number="1",
        answer=answer,
        about=said.about,
        rule_set=judge().rule_set.digest,
        question=canonical(said),
        decision=canonical(findings),
    )
    return written(draft, at=at)


def written(draft: Draft, *, at: datetime = NOW) -> Receipt:
    return make_receipt(draft, chain="w1", number=7, previous_hash="0" * 64, now=at)


def material(
    receipt: Receipt,
    *,
    told: Sequence[Receipt] = (),
    erasures: tuple[Erasure, ...] = (),
    inside: Contents | None = None,
    with_rules: bool = True,
) -> Material:
    return Material(
        receipt=receipt,
        contents=inside or contents(receipt),
        rule_set=judge().rule_set if with_rules else None,
        erasures=erasures,
        told=tuple(told),
    )


def explained(receipt: Receipt, *told: Receipt) -> Explanation:
    return explain(material(receipt, told=told))
