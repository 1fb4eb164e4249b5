"""A registry of ten subjects, small enough to work out what becomes of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from shutil import copytree

import msgspec
from sqlalchemy import insert

from creditgate_server.decision.check.question import Question
from creditgate_server.decision.level.question import LevelQuestion
from creditgate_server.decision.question import SubjectInRole
from creditgate_server.ledger.receipt import Draft, make_receipt
from creditgate_server.ledger.tables import ReceiptRow
from creditgate_server.registry.tables import FeedUpdate, RatingRevision, RecordRevision, SubjectRevision
from creditgate_server.rulebook.bundle import RuleSet
from creditgate_server.rulebook.language import Role, Stage
from creditgate_server.rulebook.load import read_directory
from creditgate_server.storage.database import Store

SMALL = Path(__file__).with_name("small")
DAY = date(2026, 11, 20)
KNOWN = "2026-11-20T01:00:00.000000Z"
SCRIPT = "<script>alert('信用')</script>公司"
FORMULA = "=1+1公司"
PERSON = "p:" + "0123456789abcdef" * 4


@dataclass(frozen=True)
class Firm:
    """A subject with what the registry knows of it."""

    identifier: str
    rating: str
    name: str = "样例"
    lists: tuple[str, ...] = ()
    penalties: int = 0


PEOPLE = (
    Firm("a1", "A"),
    Firm("a2", "A"),
    Firm("a3", "A"),
    Firm("a4", "A", FORMULA, penalties=3),
    Firm("b1", "B"),
    Firm("b2", "B"),
    Firm("b3", "B"),
    Firm("c1", "C", SCRIPT),
    Firm("d1", "D"),
    Firm("w1", "A", lists=("wages",)),
)


def fill(store: Store, firms: Iterable[Firm] = PEOPLE) -> None:
    """Write the subjects into a store's registry."""
    subjects, ratings, records = [], [], []
    told = {"content_hash": "", "known_at": KNOWN}
    for firm in firms:
        subjects.append({"identifier": firm.identifier, "name": firm.name, "attributes": "{}", **told})
        rating = {"ladder": "national", "rating": firm.rating, "decided_on": "2026-05-01", "until": None}
        ratings.append({"identifier": firm.identifier, **rating, **told})
        for number in range(firm.penalties):
            records.append(_record(firm, "penalty", "", f"p{number}"))
        records += [_record(firm, "list_entry", code, code) for code in firm.lists]
    with store.engine.begin() as connection:
        for table, rows in ((SubjectRevision, subjects), (RatingRevision, ratings), (RecordRevision, records)):
            if rows:
                connection.execute(insert(table), rows)
        feed = {"feed": "credit", "data_day": DAY.isoformat(), "known_at": KNOWN}
        connection.execute(insert(FeedUpdate), [feed])


def _record(firm: Firm, kind: str, code: str, number: str) -> dict[str, object]:
    return {
        "identifier": firm.identifier,
        "source": "credit",
        "document_number": number,
        "kind": kind,
        "list": code,
        "severity": "general" if kind == "penalty" else "",
        "organ": "",
        "organ_title": "",
        "decided_on": "2026-06-01",
        "effective_from": "2026-06-01",
        "until": None,
        "state": "effective",
        "state_on": None,
        "amount_fen": 0,
        "content_hash": "",
        "known_at": KNOWN,
    }


def check_question(item: str, organ: str, subjects: Sequence[tuple[str, Role]], **facts: int | str) -> Question:
    """A stored credit check of an earlier day."""
    return Question(
        organ=organ,
        item=item,
        case_number="",
        stage=Stage.DECISION,
        subjects=tuple(SubjectInRole(identifier=identifier, role=role) for identifier, role in subjects),
        facts=facts,
        purpose="办理",
        day=date(2026, 9, 1),
    )


def level_question(organ: str, identifier: str) -> LevelQuestion:
    """A stored level question of an earlier day."""
    subject = SubjectInRole(identifier=identifier, role=Role.APPLICANT)
    return LevelQuestion(organ=organ, subject=subject, purpose="监管", day=date(2026, 9, 1))


def receipt(store: Store, questions: Iterable[Question | LevelQuestion]) -> list[str]:
    """Store receipts of questions, one after another; their ids."""
    ids, rows = [], []
    for number, question in enumerate(questions, start=1):
        draft = Draft(
            caller="tests",
            request_id=None,
            body_digest="",
            kind="check" if isinstance(question, Question) else "level",
            organ=question.organ,
            item=getattr(question, "item", ""),
            case_number="",
            rule_set="sha256:0",
            question=msgspec.json.encode(question, order="sorted"),
            decision=b"{}",
        )
        now = datetime(2026, 9, 1, 0, 0, number, tzinfo=UTC)
        made = make_receipt(draft, chain="c", number=number, previous_hash="", now=now)
        values = {name: getattr(made, name) for name in made.__struct_fields__ if name != "reused"}
        rows.append(values)
        ids.append(made.id)
    with store.engine.begin() as connection:
        connection.execute(insert(ReceiptRow), rows)
    return ids


def library(folder: Path, *changes: tuple[str, str]) -> Path:
    """A copy of the small library in which texts are replaced; each text stands in it once."""
    copytree(SMALL, folder)
    for old, new in changes:
        found = [path for path in sorted(folder.glob("*.yaml")) if old in path.read_text("utf-8")]
        assert len(found) == 1, (old, found)
        text = found[0].read_text("utf-8")
        assert text.count(old) == 1, old
        found[0].write_text(text.replace(old, new), "utf-8")
    return folder


def rule_set(folder: Path, *changes: tuple[str, str]) -> RuleSet:
    """The small library with changes, read."""
    return read_directory(library(folder, *changes)).rule_set


STRICTER_GRADE = (
    ("{fact: rating, in: [B, C, none]}", "{fact: rating, in: [B, none]}"),
    ("{fact: rating, in: [D]}", "{fact: rating, in: [C, D]}"),
)
"""Whom the country rates C gets D instead of B: of the ten, c1 alone."""
