"""Receipts and reports in a real ledger, at instants that a test chooses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

from creditgate_server.decision.check.decision import Decision, Outcome
from creditgate_server.decision.leniency.decision import LeniencyDecision
from creditgate_server.decision.outcome.reporting import findings
from creditgate_server.decision.outcome.standing import Deadlines
from creditgate_server.decision.outcome.values import OUTCOME, RETRACTED, Findings, Report, Retraction
from creditgate_server.decision.parts import canonical
from creditgate_server.judging.kinds import CHECK, LENIENCY, answered
from creditgate_server.ledger.receipt import Draft, Receipt
from creditgate_server.ledger.writer import ReceiptWriter
from creditgate_server.rulebook.catalogue import Organ
from creditgate_server.storage.database import Store

from .answers import DIGEST, decision, leniency_question, measure, question

ORGAN, QUICK = "market-regulation", "transport"
DEADLINES = Deadlines({ORGAN: Organ(code=ORGAN, title="市监"), QUICK: Organ(code=QUICK, title="交通", outcome_days=5)})
NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
"""Noon in Shanghai."""
TODAY = date(2026, 11, 20)
STRICT = decision(Outcome.MEASURES, measure("strict-review"))


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


class Book:
    """Writes receipts as the service does. Several writers are several workers."""

    def __init__(self, store: Store, workers: int = 1) -> None:
        self.store = store
        self.now = NOW
        self.workers = [ReceiptWriter(store, now=lambda: self.now) for _ in range(workers)]
        self._asked: dict[str, tuple[Receipt, Draft]] = {}
        self._count = 0

    def close(self) -> None:
        for worker in self.workers:
            worker.close()

    def check(
        self,
        decided: Decision = STRICT,
        *,
        at: datetime = NOW,
        organ: str = ORGAN,
        case: str = "",
        item: str = "food-business-licence",
        worker: int = 0,
        **changes: object,
    ) -> str:
        """A check; the receipt's id. Without a case number it is a case of its own."""
        self._count += 1
        asked = question(organ=organ, item=item, case_number=case or f"虚构-{self._count}", **changes)
        return self._write(
            Draft(
                caller="local",
                request_id=None,
                body_digest="b",
                kind=CHECK.code,
                organ=organ,
                item=item,
                case_number=asked.case_number,
                rule_set=DIGEST,
                question=canonical(asked),
                decision=canonical(decided),
                answer=decided.outcome,
                needs_outcome=CHECK.needs_outcome(asked, decided),
                case_key=CHECK.case_key(asked),
            ),
            at,
            worker,
        )

    def violation(self, decided: LeniencyDecision, *, at: datetime = NOW) -> str:
        """A leniency answer; the receipt's id."""
        asked = leniency_question()
        return self._write(
            Draft(
                caller="local",
                request_id=None,
                body_digest="b",
                kind=LENIENCY.code,
                organ=ORGAN,
                item="",
                case_number=asked.case_number,
                rule_set=DIGEST,
                question=canonical(asked),
                decision=canonical(decided),
                answer=decided.leniency,
                needs_outcome=LENIENCY.needs_outcome(asked, decided),
            ),
            at,
            0,
        )

    def report(self, about: str, said: Report, *, at: datetime = NOW, worker: int = 0) -> str:
        """A report on a receipt; its own receipt's id."""
        receipt, draft = self._asked[about]
        complete, found = findings(said, answered(receipt.kind, draft.decision))
        return self._say(about, canonical(complete), canonical(found), said.result, at, worker)

    def retract(self, about: str, *, at: datetime = NOW) -> str:
        said = Retraction(about=about, post="审批岗", note="报错了")
        return self._say(about, canonical(said), canonical(Findings(answer="measures")), RETRACTED, at, 0)

    def _say(self, about: str, said: bytes, found: bytes, answer: str, at: datetime, worker: int) -> str:
        _, asked = self._asked[about]
        draft = Draft(
            caller="local",
            request_id=None,
            body_digest="b",
            kind=OUTCOME,
            organ=asked.organ,
            item=asked.item,
            case_number=asked.case_number,
            rule_set=asked.rule_set,
            question=said,
            decision=found,
            answer=answer,
            about=about,
            case_key=asked.case_key,
        )
        return self._write(draft, at, worker)

    def _write(self, draft: Draft, at: datetime, worker: int) -> str:
        self.now = at
        receipt = self.workers[worker].submit(draft).result()
        assert isinstance(receipt, Receipt), receipt
        self._asked[receipt.id] = receipt, draft
        return receipt.id


@contextmanager
def open_book(store: Store, workers: int = 1) -> Iterator[Book]:
    book = Book(store, workers)
    try:
        yield book
    finally:
        book.close()
