"""What the tests of the register grant, and what later checks see of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from creditgate_server.decision.dossier import Dossier
from creditgate_server.decision.records import selected
from creditgate_server.exemptions.register.granting import grant
from creditgate_server.exemptions.register.values import AnswerReceipt, Grant, RegisterGrant
from creditgate_server.registry.lookup import Registry
from creditgate_server.rulebook.catalogue import Catalogue, Feed, RecordKind
from creditgate_server.rulebook.language import Select
from creditgate_server.storage.database import Store

FIRM, OTHER = "91441900708017879M", "914419006177625157"
PERSON = "p:" + "0" * 64
ORGAN, TITLE = "market-regulation", "东莞市市场监督管理局"
DECIDED, DUE = date(2026, 11, 2), date(2026, 11, 9)
NOW = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
"""Noon of the day of the decision."""
KINDS = ("exemption", "correction-overdue", "correction-promise-breach")

CATALOGUE = Catalogue(
    feeds={
        "exemption-register": Feed(code="exemption-register", title="首违台账", organ=ORGAN, max_age_days=0, own=True)
    },
    record_kinds={kind: RecordKind(code=kind, title=kind, feed="exemption-register") for kind in KINDS},
)


def noon(day: date) -> datetime:
    """Noon of a legal day."""
    return datetime(day.year, day.month, day.day, 4, 0, tzinfo=UTC)


def asked(**changes: Any) -> Grant:
    """Expired food, seven days for the correction, with a promise and a fine of 5,000 yuan forgone."""
    values: dict[str, Any] = {
        "receipt_id": "r-1",
        "subject": FIRM,
        "organ": ORGAN,
        "exemption": "m17",
        "list": "samr-2025-1",
        "decided_on": DECIDED,
        "document_number": "东市监不罚〔2026〕1号",
        "due_on": DUE,
        "promise_made": True,
        "fine_forgone_fen": 500_000,
        "note": "当场封存",
    }
    return Grant(**(values | changes))


def receipt_for(one: Grant, **changes: Any) -> AnswerReceipt:
    """The receipt that a grant says it rests on."""
    values = {
        "id": one.receipt_id,
        "kind": "leniency",
        "organ": one.organ,
        "subject": one.subject,
        "exemption": one.exemption,
    }
    return AnswerReceipt(**(values | changes))


def granted(store: Store, *, known_at: datetime = NOW, **changes: Any) -> RegisterGrant:
    """Register the grant above, with changes."""
    one = asked(**changes)
    return grant(store, one, receipt=receipt_for(one), organ_title=TITLE, known_at=known_at, by="窗口一")


def counting(store: Store, day: date, subject: str = FIRM, known_at: datetime | None = None) -> list[str]:
    """Kinds of the register's records that count for a subject on a day, as a check of that day sees them."""
    known = Registry(store).knowledge([subject], known_at)[subject]
    dossier = Dossier(CATALOGUE, known, {}, day)
    return sorted(dated.record.kind for dated in selected(dossier.records, Select(kinds=KINDS), day))


def after(day: date, days: int = 1) -> date:
    """Some days later."""
    return day + timedelta(days=days)
