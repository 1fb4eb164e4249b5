"""What a method of the client is given: something of another type is told as a wrong question, and never raw."""

import inspect
from collections.abc import Mapping
from datetime import date

import pytest

import creditgate
from creditgate import Client, CreditGateError, InvalidQuestion, Subject

from .services import USCC

SIGNED = creditgate.SignedAct(b"{}", b"s")
VIOLATION = creditgate.Violation(organ="o", subject=Subject(USCC))
SOUND: Mapping[str, Mapping[str, object]] = {
    "check": {"organ": "o", "item": "i", "subjects": USCC},
    "ask": {"question": creditgate.Question(organ="o", item="i", subjects=())},
    "batch": {"questions": [creditgate.Question(organ="o", item="i", subjects=())]},
    "level": {"organ": "o", "subject": USCC},
    "levels": {"questions": [creditgate.LevelQuestion(organ="o", subject=Subject(USCC))]},
    "evaluate": {"violation": VIOLATION},
    "evaluate_batch": {"violations": [VIOLATION]},
    "search_exemptions": {"search": "x"},
    "exemption": {"exemption": "x"},
    "exemption_versions": {"exemption": "x"},
    "grant_exemption": {"grant": creditgate.NewGrant(receipt_id="r")},
    "report_correction": {"grant_id": "r", "corrected_on": None},
    "withdraw_grant": {"grant_id": "r", "reason": "x"},
    "grant": {"grant_id": "r"},
    "correction_reports": {"grant_id": "r"},
    "exemptions_granted": {"filters": creditgate.GrantFilters()},
    "exemption_statistics": {},
    "report_outcome": {"receipt": "r", "result": "granted", "post": "p"},
    "withdraw_report": {"receipt": "r", "reason": "x", "post": "p"},
    "outcome": {"receipt": "r"},
    "pending": {},
    "watch": {"organ": "o", "patience": -1.0},
    "outcome_statistics": {},
    "receipt": {"receipt_id": "r"},
    "receipts": {"organ": "o"},
    "proof": {"receipt_id": "r"},
    "checkpoint": {},
    "explanation": {"receipt_id": "r"},
    "catalogue_entries": {"section": "organs"},
    "catalogue_facts": {},
    "catalogue_items": {},
    "catalogue_item": {"item": "i"},
    "exemption_form": {"exemption": "m17"},
    "rule_set_status": {},
    "rule_set_history": {},
    "export_rule_set": {"rule_set": "sha256:0"},
    "propose_rule_set": {"act": SIGNED, "files": {"a.yaml": b""}},
    "approve_rule_set": {"act": SIGNED},
    "activate_rule_set": {"act": SIGNED},
    "roll_back_rule_set": {"act": SIGNED},
    "retire_rule_set": {"act": SIGNED},
}
STRANGE = [
    None, 5, -1, 2**70, 6.5, float("nan"), float("inf"), True, "x", "\ud800", b"\xff", (), [5], [None], ["x"], {},
    {1: 2}, {"a": None}, [[]], object(), object, date(2026, 1, 1), USCC, Subject(None), Subject(5), creditgate.Question,
    SIGNED, VIOLATION, [VIOLATION], creditgate.MeasureDone(5), [creditgate.MeasureDone(5)],
    creditgate.PenaltyDecision(5), creditgate.GrantFilters(subject="x"),
    creditgate.GrantFilters(subject=SIGNED), creditgate.ExemptionSearch(5),
    creditgate.ExemptionSearch("x", kinds="first"), creditgate.ExemptionSearch("x", kinds=5),
    creditgate.NewGrant(receipt_id=5), creditgate.Question(organ="o", item="i", subjects=5),
    creditgate.Violation(organ="o", subject="x", facts=["ab"]),
]  # fmt: skip


def methods():
    return {name: one for name, one in vars_of(Client).items() if not name.startswith("_") and name != "close"}


def vars_of(kind):
    return {name: one for base in reversed(kind.__mro__) for name, one in vars(base).items() if inspect.isfunction(one)}


def call(client, method, **words):
    answer = getattr(client, method)(**words)
    return next(answer) if inspect.isgenerator(answer) else answer


def test_every_method_is_tried():
    assert set(SOUND) == set(methods())


@pytest.mark.parametrize("method", SOUND)
def test_whatever_a_method_is_given_it_ends_in_a_typed_error(nowhere, method):
    """Nobody listens: what is sound, or for the service to judge, ends there."""
    with Client(nowhere, retries=0, timeout=0.5) as client:
        with pytest.raises(creditgate.Unavailable):
            call(client, method, **SOUND[method])
        for name in list(inspect.signature(methods()[method]).parameters)[1:]:
            for strange in STRANGE:
                if name == "patience" and strange in (5, 6.5, True):
                    continue  # so long a watch waits for the service
                try:
                    call(client, method, **{**SOUND[method], name: strange})
                except InvalidQuestion as error:
                    assert error.field and error.hint and error.reason == "INVALID_QUESTION", (name, strange)
                except CreditGateError:
                    pass


@pytest.mark.parametrize(
    ("method", "words", "field"),
    [
        ("check", {"subjects": None}, "subjects"),
        ("check", {"subjects": 5}, "subjects"),
        ("check", {"subjects": [None]}, "subjects"),
        ("check", {"facts": 5}, "facts"),
        ("check", {"facts": ["ab"]}, "facts"),
        ("check", {"facts": {"a": None}}, "facts.a"),
        ("check", {"stage": 5}, "stage"),
        ("check", {"organ": 5}, "organ"),
        ("check", {"item": "\ud800"}, "item"),
        ("check", {"as_of": 5}, "as_of"),
        ("check", {"known_at": 5}, "known_at"),
        ("check", {"explain": "x"}, "explain"),
        ("check", {"at_least_activation": 2**70}, "at_least_activation"),
        ("check", {"timeout": "3"}, "timeout"),
        ("check", {"timeout": float("inf")}, "timeout"),
        ("check", {"timeout": float("nan")}, "timeout"),
        ("check", {"traceparent": 5}, "traceparent"),
        ("ask", {"question": None}, "question"),
        ("ask", {"question": VIOLATION}, "question"),
        ("batch", {"questions": None}, "questions"),
        ("batch", {"questions": "x"}, "questions"),
        ("level", {"subject": None}, "subject"),
        ("level", {"subject": 5}, "subject"),
        ("evaluate", {"violation": None}, "violation"),
        ("evaluate", {"violation": creditgate.Violation(organ="o", subject="x")}, "subject"),
        ("evaluate_batch", {"violations": 5}, "questions"),
        ("search_exemptions", {"search": None}, "search"),
        ("search_exemptions", {"search": creditgate.ExemptionSearch("x", kinds="first")}, "kinds"),
        ("grant_exemption", {"grant": None}, "grant"),
        ("grant_exemption", {"grant": creditgate.NewGrant(receipt_id="r", fine_forgone_fen="x")}, "fine_forgone_fen"),
        ("exemptions_granted", {"filters": None}, "filters"),
        ("exemptions_granted", {"filters": creditgate.GrantFilters(subject=SIGNED)}, "subject"),
        ("exemption_statistics", {"by": 5}, "by"),
        ("exemption_statistics", {"by": "organ"}, "by"),
        ("exemption_statistics", {"from_on": 5}, "from_on"),
        ("report_outcome", {"measures": None}, "measures"),
        ("report_outcome", {"measures": "m"}, "measures"),
        ("report_outcome", {"measures": [5]}, "measures"),
        ("report_outcome", {"result": 5}, "approval"),
        ("report_outcome", {"result": creditgate.PenaltyDecision("other", fine_fen="x")}, "penalty.fine_fen"),
        ("watch", {"patience": "x"}, "patience"),
        ("propose_rule_set", {"files": 5}, "files"),
        ("propose_rule_set", {"files": {"a": "text"}}, "files"),
        ("propose_rule_set", {"report": "x"}, "report"),
        ("approve_rule_set", {"act": "x"}, "act"),
        ("approve_rule_set", {"act": VIOLATION}, "act"),
    ],
)
def test_what_is_of_another_type_names_its_field(nowhere, method, words, field):
    with Client(nowhere, retries=0) as client, pytest.raises(InvalidQuestion) as caught:
        call(client, method, **{**SOUND[method], **words})
    assert caught.value.field == field
    assert caught.value.hint and caught.value.reason == "INVALID_QUESTION"


def test_in_a_batch_what_is_no_question_fails_alone(nowhere):
    with Client(nowhere, retries=0) as client:
        failed = client.batch([None, "x", VIOLATION])
    assert [one.error.field for one in failed] == ["questions"] * 3


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ({"target": None}, creditgate.InvalidTarget),
        ({"timeout": None}, InvalidQuestion),
        ({"timeout": "3"}, InvalidQuestion),
        ({"retries": None}, InvalidQuestion),
        ({"retries": 1.5}, InvalidQuestion),
        ({"key": 5}, creditgate.WhoAreYou),
        ({"key": b"k"}, creditgate.WhoAreYou),
        ({"root_certificates": "x"}, creditgate.TlsFault),
    ],
)
def test_a_client_of_another_type_of_words_is_refused(words, kind):
    with pytest.raises(kind) as caught:
        Client(**{"target": "127.0.0.1:1", **words})
    assert caught.value.hint


@pytest.mark.parametrize("words", [{"rule_set": None}, {"by": 5}, {"note": b"x"}, {"report": "x"}, {"kind": object()}])
def test_an_act_of_another_type_of_words_is_not_signed(words):
    status = creditgate.RuleSetStatus(None, (), (), None, 0, "", "2026-01-01T00:00:00Z", ())
    act = {"kind": "approved", "rule_set": "sha256:0", "by": "p", "signed": lambda content: b""} | words
    with pytest.raises(InvalidQuestion) as caught:
        status.sign(**act)
    assert caught.value.field and caught.value.hint


def test_a_subject_is_read_from_text_alone():
    with pytest.raises(InvalidQuestion) as caught:
        Subject.parse(None)
    assert caught.value.field == "subject"
