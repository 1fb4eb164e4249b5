"""Contents of receipts are erased as the law asks: what is gone, what stays, who may, and what says so."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text

from creditgate_server.decision.check.decision import Outcome
from creditgate_server.decision.knowledge import Knowledge
from creditgate_server.decision.outcome.standing import Deadlines
from creditgate_server.decision.parts import canonical
from creditgate_server.decision.question import SubjectInRole
from creditgate_server.errors import Erased, InvalidQuestion, NotAllowed, WrongState
from creditgate_server.judging.kinds import CHECK, LEVEL
from creditgate_server.ledger.asked import asked_before
from creditgate_server.ledger.erasing import Part, erasures_of, sweep
from creditgate_server.ledger.exported import exported
from creditgate_server.ledger.lookup import find_receipt
from creditgate_server.ledger.pending import PendingFilter, totals
from creditgate_server.ledger.persons import receipts_of_person
from creditgate_server.ledger.receipt import Draft, Receipt, contents, unkept_promises
from creditgate_server.ledger.sealing.keeper import Keeper
from creditgate_server.ledger.sealing.keys import LedgerKey
from creditgate_server.ledger.verification.verify import Verification
from creditgate_server.ledger.writer import ReceiptWriter
from creditgate_server.present import utc_now
from creditgate_server.publication.signers import Signer, Signers, SigningKey
from creditgate_server.rulebook.language import Role
from creditgate_server.service.erasure import Eraser
from creditgate_server.storage.database import Store
from tests.ledger.checks import chains, first_fault, receipts_of_chain
from tests.outcomes.answers import DIGEST, FIRM, decision, measure, question
from tests.shared import store_with_tables

from .test_writer import receipt

PERSON = "p:" + "0123456789abcdef" * 4
OTHER = "p:" + "fedcba9876543210" * 4
GROUND = "个人信息保护法第四十七条第一款第一项"
OFFICER, CLERK = SigningKey.new(), SigningKey.new()
REGISTER = Signers(
    (
        Signer(name="officer", public_key=OFFICER.public, may=("erase",)),
        Signer(name="clerk", public_key=CLERK.public),
    )
)


@pytest.fixture
def writer(store: Store) -> Iterator[ReceiptWriter]:
    opened = ReceiptWriter(store, now=utc_now)
    yield opened
    opened.close()


Write = Callable[..., Receipt]


@pytest.fixture
def write(writer: ReceiptWriter) -> Write:
    """Writes a check about persons and firms, which needs a report."""

    def check(*subjects: str, request_id: str | None = None, case: str = "虚构-1") -> Receipt:
        asked = question(
            case_number=case, subjects=tuple(SubjectInRole(identifier=one, role=Role.APPLICANT) for one in subjects)
        )
        known = tuple(
            Knowledge(identifier=one, present=True, attributes={}, records=(), ratings=()) for one in subjects
        )
        decided = msgspec.structs.replace(decision(Outcome.MEASURES, measure("strict-review")), known=known)
        return receipt(
            writer.submit(
                Draft(
                    caller="local",
                    request_id=request_id,
                    body_digest="b",
                    kind="check",
                    organ=asked.organ,
                    item=asked.item,
                    case_number=case,
                    subjects=len(subjects),
                    answer="measures",
                    needs_outcome=True,
                    case_key=CHECK.case_key(asked),
                    rule_set=DIGEST,
                    question=canonical(asked),
                    decision=canonical(decided),
                )
            ).result()
        )

    return check


def eraser(writer: ReceiptWriter, key: SigningKey = OFFICER, ground: str = GROUND) -> Eraser:
    return Eraser(writer, REGISTER, key, ground, utc_now)


def stored(store: Store, receipt_id: str) -> Receipt:
    found = find_receipt(store, receipt_id)
    assert found is not None
    return found


def open_receipts(store: Store) -> int:
    return totals(store, PendingFilter(), Deadlines({}), date(2026, 11, 20)).open


def test_content_and_salt_go_and_everything_else_stays(store: Store, writer: ReceiptWriter, write: Write) -> None:
    before, made, after = write(FIRM), write(PERSON), write(FIRM)
    act, erasure = eraser(writer).erase(made, tuple(Part))
    left = stored(store, made.id)
    assert contents(left).question is contents(left).decision is None
    assert left.question_salt is left.decision_salt is None
    assert (left.body_digest, left.case_key) == ("", "")
    assert (left.payload, left.hash, left.answer, left.case_number) == (made.payload, made.hash, "measures", "虚构-1")
    assert unkept_promises(left) == ()
    for chain in chains(store):
        assert first_fault(receipts_of_chain(store, chain)) == ""
    assert [stored(store, one.id) for one in (before, after)] == [before, after]
    assert (act.receipt, act.hash, act.by, act.parts) == (made.id, made.hash, "officer", tuple(Part))
    assert (erasure.kind, erasure.about, erasure.organ, erasure.number) == ("erasure", made.id, made.organ, 4)


@pytest.mark.parametrize("sealed_before", [True, False])
def test_the_ledger_verifies_before_and_after_and_counts_what_was_erased(
    store: Store, writer: ReceiptWriter, write: Write, sealed_before: bool
) -> None:
    keeper = Keeper(store, folder=None, now=utc_now, algorithm="sha256", rest=lambda _: None)
    key = LedgerKey.new()
    first, second = write(PERSON), write(FIRM, PERSON)
    if sealed_before:
        keeper.keep(key)
    eraser(writer).erase(first, tuple(Part))
    eraser(writer).erase(second, (Part.QUESTION,))
    keeper.keep(key)
    verdict = Verification(store=store).run()
    assert verdict.sound, verdict.finding
    assert (verdict.leaves, verdict.erased) == (4, 3)


def test_contents_that_went_without_an_erasure_are_found(store: Store, write: Write) -> None:
    made = write(PERSON)
    gone = "UPDATE receipt SET decision = NULL, decision_salt = NULL WHERE id = :id"
    with store.engine.begin() as connection:
        connection.execute(text(gone), {"id": made.id})
    finding = Verification(store=store).run().finding
    assert finding is not None
    assert (finding.receipt, finding.place) == (made.id, "decision")


def test_the_erasure_says_what_why_who_and_when(store: Store, writer: ReceiptWriter, write: Write) -> None:
    made = write(PERSON)
    assert erasures_of(store, made.id) == ()
    eraser(writer).erase(made, (Part.DECISION,))
    eraser(writer, ground="法院裁定").erase(stored(store, made.id), tuple(Part))
    first, second = erasures_of(store, made.id)
    assert (first.parts, first.ground, first.by) == ((Part.DECISION,), GROUND, "officer")
    assert (second.parts, second.ground) == ((Part.QUESTION,), "法院裁定")
    assert first.day.isoformat() == json.loads(contents(stored(store, first.receipt)).question or b"")["day"]


def test_the_act_is_signed_by_its_person(store: Store, writer: ReceiptWriter, write: Write) -> None:
    import base64

    _, erasure = eraser(writer).erase(write(PERSON), tuple(Part))
    inside = contents(stored(store, erasure.id))
    proof = json.loads(inside.decision or b"")
    act = json.loads(inside.question or b"")
    signature = base64.b64decode(proof["signature"])
    assert proof["public_key"] == OFFICER.public
    said = {"by": "officer", "at": act["at"], "what": "", "signature": signature}
    REGISTER.require_right("erase", content=inside.question or b"", **said)
    with pytest.raises(NotAllowed, match="签名不符"):
        REGISTER.require_right("erase", content=(inside.question or b"") + b" ", **said)


@pytest.mark.parametrize(("part", "question_left"), [(Part.QUESTION, False), (Part.DECISION, True)])
def test_one_part_may_go_and_the_other_stay(
    store: Store, writer: ReceiptWriter, write: Write, part: Part, question_left: bool
) -> None:
    made = write(PERSON)
    eraser(writer).erase(made, (part,))
    left = stored(store, made.id)
    assert (contents(left).question is not None, contents(left).decision is not None) == (
        question_left,
        not question_left,
    )
    assert unkept_promises(left) == ()
    shown = json.loads(exported(left))
    assert (shown[part], shown[f"{part}_salt"]) == (None, None)


def test_who_may_not_erases_nothing(store: Store, writer: ReceiptWriter, write: Write) -> None:
    made = write(PERSON)
    with pytest.raises(NotAllowed, match="无权"):
        eraser(writer, CLERK).erase(made, tuple(Part))
    with pytest.raises(NotAllowed, match="名册"):
        eraser(writer, SigningKey.new())
    for ground in ("", " ", "长" * 501):
        with pytest.raises(InvalidQuestion):
            eraser(writer, ground=ground)
    assert stored(store, made.id) == made


def test_what_is_gone_is_not_erased_again_and_erasures_never(store: Store, writer: ReceiptWriter, write: Write) -> None:
    made = write(PERSON)
    _, erasure = eraser(writer).erase(made, tuple(Part))
    with pytest.raises(WrongState, match="已经删除"):
        eraser(writer).erase(stored(store, made.id), tuple(Part))
    with pytest.raises(WrongState, match="已经删除"):
        eraser(writer).erase(made, tuple(Part))  # as one would who had read it before
    with pytest.raises(WrongState, match="删除记录"):
        eraser(writer).erase(stored(store, erasure.id), tuple(Part))
    assert len(erasures_of(store, made.id)) == 1
    assert sum(len(receipts_of_chain(store, chain)) for chain in chains(store)) == 2


def test_a_retry_of_an_erased_question_is_told_so(store: Store, writer: ReceiptWriter, write: Write) -> None:
    made = write(PERSON, request_id="id")
    eraser(writer).erase(made, (Part.QUESTION,))
    again = Draft(
        caller="local",
        request_id="id",
        body_digest="b",
        kind="check",
        organ="o",
        item="i",
        case_number="1",
        rule_set=DIGEST,
        question=b"{}",
        decision=b"{}",
    )
    assert isinstance(writer.submit(again).result(), Erased)


def test_an_erased_question_is_not_compared_any_more(store: Store, writer: ReceiptWriter, write: Write) -> None:
    made, kept = write(PERSON), write(FIRM)
    eraser(writer).erase(made, (Part.QUESTION,))
    assert [asked.receipt for asked in asked_before(store, (CHECK, LEVEL))] == [kept.id]


def test_nobody_has_to_report_on_what_is_gone(store: Store, writer: ReceiptWriter, write: Write) -> None:
    first, second = write(PERSON), write(OTHER)
    assert open_receipts(store) == 2
    eraser(writer).erase(first, (Part.DECISION,))
    assert open_receipts(store) == 1
    eraser(writer).erase(second, (Part.QUESTION,))
    assert open_receipts(store) == 1  # the decision is there: it can be reported on


def test_a_persons_receipts_are_found_with_the_reports_on_them(
    store: Store, writer: ReceiptWriter, write: Write
) -> None:
    alone, together, _ = write(PERSON), write(FIRM, PERSON), write(OTHER)
    told = receipt(
        writer.submit(
            Draft(
                caller="local",
                request_id=None,
                body_digest="",
                kind="outcome",
                organ="o",
                item="i",
                case_number="",
                about=together.id,
                rule_set=DIGEST,
                question=b"{}",
                decision=b"{}",
            )
        ).result()
    )
    assert [one.id for one in receipts_of_person(store, PERSON)] == [alone.id, together.id, told.id]
    eraser(writer).erase(alone, (Part.QUESTION,))
    eraser(writer).erase(together, tuple(Part))
    assert [one.id for one in receipts_of_person(store, PERSON)] == [alone.id]  # its decision still says so
    assert list(receipts_of_person(store, "p:" + "0" * 64)) == []


def test_no_byte_of_it_is_left_in_the_file(sqlite_url: str, tmp_path: Path) -> None:
    store = store_with_tables(sqlite_url)
    writer = ReceiptWriter(store, now=utc_now)
    secret = PERSON.encode()
    content = b'{"subjects":[{"identifier":"' + secret + b'"}]}'
    made = receipt(
        writer.submit(
            Draft(
                caller="local",
                request_id=None,
                body_digest="b",
                kind="check",
                organ="o",
                item="i",
                case_number="1",
                rule_set=DIGEST,
                question=content,
                decision=b'{"known":"' + secret * 200 + b'"}',
            )
        ).result()
    )
    files = [tmp_path / "gate.db", tmp_path / "gate.db-wal"]
    assert any(secret in file.read_bytes() for file in files)
    eraser(writer).erase(made, tuple(Part))
    writer.close()
    assert sweep(store)
    assert not any(secret in file.read_bytes() for file in files if file.exists())
    store.close()
