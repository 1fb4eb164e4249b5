"""Leniency questions: both clients and the command, on a service of prepared answers and on a real one."""

import json
from datetime import date, timedelta
from decimal import Decimal

import grpc
import pytest

import creditgate
from creditgate import Leniency, LeniencyResult, QuestionFailed, Subject, Violation

from ..commands import client_command, refusal
from ..service.running import TRUSTED, fill_registry, serving
from ..service.violations import FACTS, today
from .services import USCC, Refusal, a_leniency_answer
from .test_calls import ask_in_a_loop, ask_plainly

Code = grpc.StatusCode
ASKED = Violation(organ="o", subject=Subject(USCC), exemption="m17", case_number="C-1")
QUESTION = ["leniency", "evaluate", "--organ", "o", "--entry", "m17", "--subject", USCC]
DAY = today() - timedelta(days=3)


@pytest.fixture(params=[ask_plainly, ask_in_a_loop], ids=["sync", "asyncio"])
def ask(request):
    return request.param


@pytest.fixture(scope="module")
def gate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("leniency")
    fill_registry(f"sqlite:///{folder}/gate.db")
    with serving(folder) as running:
        yield running.target


def expired_food(**changes):
    """66 yuan of expired food, put right on the spot, for the first time."""
    given = {
        "organ": "market-regulation",
        "subject": Subject(TRUSTED),
        "exemption": "m17",
        "acted_on": DAY,
        "discovered_on": DAY,
        "corrected_on": DAY,
        "facts": FACTS,
        "case_number": "虚构案-2",
        **changes,
    }
    return Violation(**given)


def command(*arguments, entry=("--entry", "m17"), without=(), **changed):
    """The command's words for the same case."""
    facts = [f"{name}={value}" for name, value in (FACTS | changed).items() if name not in without]
    words = [part for fact in facts for part in ("--fact", fact)]
    days = [part for name in ("acted", "discovered", "corrected") for part in (f"--{name}-on", DAY.isoformat())]
    shop = ["--organ", "market-regulation", "--subject", TRUSTED]
    return client_command("leniency", "evaluate", *shop, *entry, *days, *words, *arguments)


# -- what goes and what comes -----------------------------------------------------------------------------------------


def test_a_violation_carries_everything_and_brings_a_typed_answer(ask, service, target):
    violation = Violation(
        organ="o",
        subject=Subject("person:1"),
        description="某种行为",
        acted_on=date(2026, 3, 1),
        act_ended_on="2026-03-02",
        discovered_on=date(2026, 3, 3),
        corrected_on=date(2026, 3, 4),
        deadline_on=date(2026, 3, 20),
        facts={"a": True, "b": 3, "c": Decimal("66.50"), "d": date(2026, 1, 2)},
        region="441900",
        case_number="C-1",
        purpose="核查",
        as_of="2026-04-01",
        known_at="2026-04-01T00:00:00Z",
        rule_set="sha256:x",
        at_least_activation=2,
    )
    result = ask(target, "evaluate", violation)
    request = service.asked[0]
    asked = request.question
    assert (asked.subject.citizen_id, asked.description, asked.exemption) == ("1", "某种行为", "")
    days = (asked.acted_on, asked.act_ended_on, asked.discovered_on, asked.corrected_on, asked.deadline_on)
    assert days == ("2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04", "2026-03-20")
    assert [fact.value.WhichOneof("value") for fact in asked.facts] == ["flag", "whole", "written", "day"]
    assert (asked.region, asked.purpose, asked.as_of, asked.known_at.ToJsonString()) == (
        "441900",
        "核查",
        "2026-04-01",
        "2026-04-01T00:00:00Z",
    )
    assert (request.pin.rule_set, request.pin.at_least_activation, len(request.request_id)) == ("sha256:x", 2, 32)
    assert isinstance(result, LeniencyResult)
    assert (result.leniency, result.activation, result.as_of) == (Leniency.UNDETERMINED, 3, date(2026, 4, 1))
    assert [condition.state for condition in result.grounds[0].conditions] == ["MET", "NOT_MET", "UNKNOWN"]
    assert result.soft_measures[1].due_on == date(2026, 4, 15)
    assert hash(result) is not None


def test_the_json_form_has_the_conditions_of_all_grounds_in_one_list(ask, target):
    plain = ask(target, "evaluate", ASKED).to_dict()
    assert json.loads(json.dumps(plain)) == plain
    assert {"leniency", "conditions", "undetermined", "soft_measures", "basis", "receipt"} <= plain.keys()
    assert [
        (one["rule"]["code"], one["list"]["code"], one["leniency"], one["state"]) for one in plain["conditions"]
    ] == [
        ("m17-x", "x-2025", "MAY_BE_EXEMPT", "MET"),
        ("m17-x", "x-2025", "MAY_BE_EXEMPT", "NOT_MET"),
        ("m17-x", "x-2025", "MAY_BE_EXEMPT", "UNKNOWN"),
    ]
    assert plain["conditions"][1]["evidence"][0]["document_number"] == "东样〔2026〕1号"
    assert (plain["conditions"][2]["supplier"], plain["conditions"][2]["found"]) == ("办案人员", "")
    assert plain["soft_measures"][1]["due_on"] == "2026-04-15"
    assert plain["steps"] == [
        {"step": {"code": "recheck", "title": "复查"}, "due_on": "2026-04-20", "note": "逾期的处理"},
    ]


def test_a_retry_keeps_the_request_id(ask, service, target):
    service.next = [(Code.UNAVAILABLE, "gone"), Refusal(Code.UNAVAILABLE, "NOT_READY", "未就绪", retry_ms=1)]
    ask(target, "evaluate", ASKED, client={"timeout": 60.0})
    assert len(service.asked) == 3
    assert len({asked.SerializeToString(deterministic=True) for asked in service.asked}) == 1


def test_more_than_two_hundred_violations_go_in_several_calls(ask, service, target):
    assert len(ask(target, "evaluate_batch", [ASKED] * 401)) == 401
    assert [len(asked.questions) for asked in service.asked] == [200, 200, 1]
    assert len({one.request_id for asked in service.asked for one in asked.questions}) == 401


def test_each_answer_of_a_batch_shows_its_feeds_as_a_single_one_does(ask, target):
    first, second = ask(target, "evaluate_batch", [ASKED, ASKED])
    assert first.feeds
    assert first.feeds == second.feeds == ask(target, "evaluate", ASKED).feeds


def test_no_violation_is_no_call(ask, service, target):
    assert ask(target, "evaluate_batch", []) == []
    (failed,) = ask(target, "evaluate_batch", [Violation(organ="\ud800", subject=Subject(USCC))])
    assert isinstance(failed, QuestionFailed)
    assert service.asked == []


@pytest.mark.parametrize("changes", [{"as_of": ""}, {"leniency": 0}, {"leniency": 99}, {"as_of": "2026"}])
def test_an_answer_that_breaks_the_contract_is_a_service_error(ask, service, target, changes):
    service.leniency = lambda request: a_leniency_answer(**changes)
    with pytest.raises(creditgate.ServiceError):
        ask(target, "evaluate", ASKED)


@pytest.mark.parametrize("changes", [{"exemption": "\ud800"}, {"facts": {"n": 2**63}}])
def test_what_no_message_can_hold_is_an_invalid_question(ask, service, target, changes):
    with pytest.raises(creditgate.InvalidQuestion):
        ask(target, "evaluate", Violation(organ="o", subject=Subject(USCC), **changes))
    assert service.asked == []


# -- the command ------------------------------------------------------------------------------------------------------


def test_every_option_reaches_the_service(service, target):
    days = [f"--{name}-on=2026-03-0{place}" for place, name in enumerate(("acted", "act-ended", "discovered"), 1)]
    done = client_command(
        "leniency", "evaluate", "--organ", "o", "--describe", "某种行为", "--subject", "p:1", *days,
        "--corrected-on", "2026-03-04", "--deadline-on", "2026-03-05", "--fact", "goods_value=66.50",
        "--fact", "a = b=c", "--region", "441900", "--case", "C-7", "--purpose", "核查", "--as-of", "2026-04-01",
        "--known-at", "2026-04-01T00:00:00Z", "--request-id", "R-1", "--rule-set", "sha256:x",
        "--at-least-activation", "2", "--target", target,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    request = service.asked[0]
    asked = request.question
    assert (asked.subject.person_key, asked.description, asked.exemption) == ("p:1", "某种行为", "")
    assert [asked.acted_on, asked.act_ended_on, asked.discovered_on, asked.corrected_on, asked.deadline_on] == [
        f"2026-03-0{day}" for day in range(1, 6)
    ]
    assert [(fact.name, fact.value.written) for fact in asked.facts] == [("goods_value", "66.50"), ("a", "b=c")]
    assert (asked.region, asked.case_number, asked.purpose, asked.as_of) == ("441900", "C-7", "核查", "2026-04-01")
    assert (
        asked.known_at.ToJsonString(),
        request.request_id,
        request.pin.rule_set,
        request.pin.at_least_activation,
    ) == (
        "2026-04-01T00:00:00Z",
        "R-1",
        "sha256:x",
        2,
    )


def test_asking_twice_with_one_request_id_is_the_same_question(service, target):
    for _ in range(2):
        assert client_command(*QUESTION, "--request-id", "R-1", "--target", target).returncode == 0
    assert service.asked[0] == service.asked[1]
    assert service.asked[0].question.case_number == "CLI-R1"


def test_people_see_each_condition_what_is_missing_and_what_follows(target):
    done = client_command(*QUESTION, "--target", target)
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line.strip() for line in done.stdout.splitlines()]
    assert lines[0] == "结论  尚不能确定 UNDETERMINED  判断日 2026-04-01"
    assert "✓ 货值  [66.00 元]" in lines
    assert "✗ 初次违法  [有记录]" in lines
    assert "? 及时改正  由 办案人员 提供" in lines
    assert "金额(project_amount): 没有给出; 由 局 提供" in lines
    assert {"批评教育", "责令改正, 期限 2026-04-15", "1. 复查, 2026-04-20(逾期的处理)"} <= set(lines)
    assert {"一年内第三次", "m18 另一事项", "《某办法》(某令〔2020〕1号)第三条"} <= set(lines)
    assert "依据 某令〔2020〕1号第三条" in lines and "出处待核实" in lines
    assert any(line.startswith("所用数据") and "税务从未报送" in line for line in lines)
    assert any(line.startswith("回执 r-1") for line in lines)
    assert "\x1b" not in done.stdout


def test_the_records_behind_a_condition_and_a_warning_are_shown_under_them(target):
    lines = [line.strip() for line in client_command(*QUESTION, "--target", target).stdout.splitlines()]
    record = "记录 欠薪名单 东样〔2026〕1号 某局 2026-01-02"
    assert lines[lines.index("✗ 初次违法  [有记录]") + 1] == record
    assert lines[lines.index("一年内第三次") + 1] == record


def test_no_answer_can_steer_a_terminal(service, target):
    service.leniency = lambda request: a_leniency_answer(
        summary="甲\x1b[2J\n乙", exemption={"code": "m17", "title": "丙\x07"}
    )
    done = client_command(*QUESTION, "--target", target)
    assert done.returncode == 0
    assert "\x1b" not in done.stdout and "\x07" not in done.stdout


def test_no_service_is_status_3_and_tells_how_to_ask_again(nowhere):
    told = refusal(client_command(*QUESTION, "--request-id", "R-9", "--target", nowhere, "--timeout", "0.3"), 3)
    assert "--request-id R-9" in told


def test_a_fault_of_the_service_is_status_1(service, target):
    service.next = [Refusal(Code.INTERNAL, "INTERNAL_FAULT", "事件 12", hint="告知运维")]
    assert "事件 12" in refusal(client_command(*QUESTION, "--target", target), 1)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["leniency", "evaluate"], "--organ"),
        (["leniency", "evaluate", "--organ", "o"], "--subject"),
        ([*QUESTION, "--fact", "goods_value"], "名称=值"),
        ([*QUESTION, "--fact", "a=1", "--fact", "a=2"], "给了两次"),
        ([*QUESTION, "--timeout", "0"], "时限"),
        ([*QUESTION[:-1], "boss:x"], "角色"),
        ([*QUESTION, "--corected-on", "2026-01-01"], "--corrected-on"),
    ],
)
def test_wrong_usage_is_status_2(service, target, arguments, told):
    assert told in refusal(client_command(*arguments, "--target", target), 2)
    assert service.asked == []


# -- on a real service ------------------------------------------------------------------------------------------------


def test_the_clients_ask_and_fetch_the_receipt(ask, gate):
    result = ask(gate, "evaluate", expired_food())
    assert (result.leniency, result.exemption.title) == (Leniency.MAY_BE_EXEMPT, "经营超过保质期的食品、食品添加剂")
    assert result.decided_by == ("law-first", "m17-samr-2025-1-first")
    stored = ask(gate, "receipt", result.receipt.receipt_id)
    assert (stored.check, stored.leniency) == (None, result)
    assert json.loads(json.dumps(stored.to_dict()))["leniency"] == result.to_dict()


def test_in_a_batch_a_wrong_violation_fails_alone_and_the_order_stays(ask, gate):
    first, wrong, unsendable, last = ask(
        gate,
        "evaluate_batch",
        [
            expired_food(),
            expired_food(exemption="m99"),
            expired_food(exemption="\ud800"),
            expired_food(facts=FACTS | {"goods_value": Decimal("501"), "consequences": "more"}),
        ],
    )
    assert (first.leniency, last.leniency) == (Leniency.MAY_BE_EXEMPT, Leniency.ORDINARY)
    assert isinstance(wrong, QuestionFailed) and isinstance(unsendable, QuestionFailed)
    assert (type(wrong.error).__name__, wrong.error.field) == ("InvalidQuestion", "exemption")


def test_whatever_the_answer_the_status_is_0(gate):
    for done, decision in (
        (command("--json", "--target", gate), "MAY_BE_EXEMPT"),
        (command("--json", "--target", gate, goods_value="501", consequences="more"), "ORDINARY"),
        (command("--json", "--target", gate, malicious="true", consequences="more"), "EXCLUDED"),
        (command("--json", "--target", gate, consequences="more", without=("catering",)), "UNDETERMINED"),
    ):
        assert (done.returncode, done.stderr) == (0, "")
        assert json.loads(done.stdout)["leniency"] == decision


def test_people_read_the_receipt_of_a_leniency_answer(gate):
    receipt = json.loads(command("--json", "--target", gate).stdout)["receipt"]["receipt_id"]
    done = client_command("receipt", receipt, "--target", gate)
    assert done.returncode == 0, done.stderr
    assert "首违可以不罚: 可以不予行政处罚" in done.stdout
    assert "涉案货值金额不超过 500 元" in done.stdout
    stored = json.loads(client_command("receipt", receipt, "--json", "--target", gate).stdout)
    assert (stored["check"], stored["leniency"]["leniency"]) == (None, "MAY_BE_EXEMPT")
    assert stored["leniency"]["conditions"]


def test_what_the_service_refuses_names_the_field(gate):
    told = refusal(command("--target", gate, entry=("--entry", "经营超过保质期的食品、食品添加剂")), 2)
    assert "exemption" in told and "是否指 m17?" in told
    told = refusal(command("--target", gate, goods_valu="66"), 2)
    assert "goods_value" in told
