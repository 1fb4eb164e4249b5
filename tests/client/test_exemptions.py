"""Exemption lists and their register: both clients and the command, on a real service with the shipped rules."""

import json
from datetime import date, timedelta

import pytest

import creditgate
from creditgate import (
    ExemptionKind,
    ExemptionSearch,
    ExemptionStatisticsKey,
    GrantFilters,
    GrantStanding,
    NewGrant,
    Subject,
)

from ..commands import client_command, refusal
from ..service.running import fictional, fill_registry, serving
from ..service.violations import FACTS, today
from .test_calls import ask_in_a_loop, ask_plainly

FIRMS = [fictional(number) for number in range(50, 60)]
A_MONTH_AGO = today() - timedelta(days=30)
DUE = A_MONTH_AGO + timedelta(days=7)


@pytest.fixture(scope="module")
def gate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exemptions")
    fill_registry(f"sqlite:///{folder}/gate.db", FIRMS)
    with serving(folder) as service:
        yield service.target


@pytest.fixture(params=[ask_plainly, ask_in_a_loop], ids=["sync", "asyncio"])
def ask(request):
    return request.param


@pytest.fixture
def firm():
    """A firm with nothing on record, for this test alone."""
    return FIRMS.pop()


def exempted(target, firm):
    """The receipt of an answer that allows an exemption, from the command."""
    facts = [part for name, value in FACTS.items() for part in ("--fact", f"{name}={value}")]
    day = A_MONTH_AGO.isoformat()
    days = [part for name in ("acted", "discovered", "corrected") for part in (f"--{name}-on", day)]
    done = client_command(
        "leniency", "evaluate", "--organ", "market-regulation", "--entry", "m17", "--subject", firm, *facts, *days,
        "--as-of", day, "--json", "--target", target,
    )  # fmt: skip
    answer = json.loads(done.stdout)
    assert answer["leniency"] == "MAY_BE_EXEMPT", answer["summary"]
    return answer["receipt"]["receipt_id"]


def command(target, *arguments):
    """What the command prints as JSON."""
    done = client_command("exemptions", *arguments, "--json", "--target", target)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == 1
    return json.loads(done.stdout)


# -- the lists ------------------------------------------------------------------------------------------------------


def test_the_command_finds_expired_food_first(gate):
    found = command(gate, "search", "过期食品", "--region", "441900")
    hit = found["hits"][0]
    assert (hit["exemption"]["code"], hit["exemption"]["title"], hit["organ"]["code"], hit["in_force"]) == (
        "m17",
        "经营超过保质期的食品、食品添加剂",
        "market-regulation",
        True,
    )
    assert [(one["exemption_list"]["code"], one["kind"], one["from_on"]) for one in hit["versions"]] == [
        ("samr-2025-1", "first", "2025-01-27")
    ]
    assert {"field": "keywords", "text": "过期食品", "ranges": [{"start": 0, "end": 4}]} in hit["matches"]
    assert (found["region"]["code"], found["as_of"], found["next_page_token"]) == ("441900", today().isoformat(), "")
    assert found["total_size"] == len(found["hits"])


def test_every_option_of_the_search_counts(gate):
    options = ["--organ", "market-regulation", "--kind", "first", "--kind", "轻微不罚", "--list", "tj-market-2025"]
    found = command(
        gate, "search", "食品", "过期", *options, "--region", "120000", "--as-of", "2025-02-01", "--limit", "1"
    )
    assert [hit["exemption"]["code"] for hit in found["hits"]] == ["m17"]
    assert [version["exemption_list"]["code"] for version in found["hits"][0]["versions"]] == ["tj-market-2025"]
    assert found["as_of"] == "2025-02-01"
    early = ["search", "过期食品", "--as-of", "2025-01-26"]
    assert [hit["exemption"]["code"] for hit in command(gate, *early)["hits"] if hit["fits"]] == []
    hit = command(gate, *early, "--include-not-in-force", "--list", "samr-2025-1")["hits"][0]
    assert (hit["exemption"]["code"], hit["in_force"]) == ("m17", False)


def test_the_next_page_goes_on(gate):
    first = command(gate, "search", "行政处罚法33条", "--limit", "2")
    second = command(gate, "search", "行政处罚法33条", "--limit", "2", "--page-token", first["next_page_token"])
    codes = [hit["exemption"]["code"] for hit in (*first["hits"], *second["hits"])]
    whole = command(gate, "search", "行政处罚法33条", "--limit", "100")
    assert codes == [hit["exemption"]["code"] for hit in whole["hits"][:4]]


def test_people_read_the_matched_parts_in_brackets_in_a_file(gate):
    done = client_command("exemptions", "search", "过期食品", "--target", gate)
    assert done.returncode == 0 and "\x1b" not in done.stdout
    assert "【过期食品】" in done.stdout and "首违不罚" in done.stdout
    assert "没有找到" in client_command("exemptions", "search", "宇宙飞船", "--target", gate).stdout


def test_people_read_references_and_the_law_in_that_order(gate):
    done = client_command("exemptions", "search", "烟感坏了", "--region", "441900", "--target", gate)
    assert done.returncode == 0, done.stderr
    told = " ".join(done.stdout.split())
    reference, law = told.index("只作参考"), told.index("法律本身的规定")
    assert reference < told.index("f01") < told.index("是上海市的清单, 对广东省东莞市没有约束力") < law
    assert law < told.index("第三十三条") < told.index("leniency evaluate --organ fire-rescue --describe '烟感坏了'")


def test_people_read_what_only_shares_words_apart(gate):
    told = client_command("exemptions", "search", "菜场的电子秤少给斤两", "--region", "000000", "--target", gate).stdout
    assert told.index("只是用词相近, 多半不是这种行为") < told.index("t11") < told.index("法律本身的规定")


def test_references_and_law_as_json(gate):
    found = command(gate, "search", "烟感坏了", "--region", "441900")
    assert (found["references"][0]["exemption"]["code"], found["references"][0]["fits"]) == ("f01", True)
    assert found["law"]["organ"]["code"] == "fire-rescue"
    assert command(gate, "search", "过期食品")["law"] is None


def test_people_read_an_entry(gate):
    done = client_command("exemptions", "show", "m17", "--target", gate)
    assert done.returncode == 0, done.stderr
    for part in (
        "经营超过保质期的食品、食品添加剂",
        "涉案货值金额不超过 500 元",
        "恶意违法",
        "第三十三条第一款",
        "批评教育",
        "天津市",
    ):
        assert part in done.stdout
    there = client_command("exemptions", "show", "m17", "--region", "441900", "--as-of", "2025-01-26", "--target", gate)
    assert "没有施行中的清单" in there.stdout


def test_an_entry_as_json(gate):
    entry = command(gate, "show", "m17", "--region", "120000")
    assert [detail["version"]["exemption_list"]["code"] for detail in entry["versions"]] == [
        "samr-2025-1",
        "tj-market-2025",
    ]
    assert [detail["version"]["in_force"] for detail in entry["versions"]] == [True, True]
    assert {"number": "2", "text": "涉案货值金额不超过 500 元"} in entry["versions"][0]["conditions"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["search"], "要查的内容"),
        (["search", ""], "query"),
        (["search", "x", "--region", "44190"], "六位"),
        (["search", "x", "--organ", "market-regulatio"], "是否指 market-regulation?"),
        (["search", "x", "--list", "samr-2025"], "是否指 samr-2025-1?"),
        (["search", "x", "--kind", "fist"], "是否指 first?"),
        (["search", "x", "--as-of", "20260101"], "YYYY-MM-DD"),
        (["search", "x", "--limit", "0"], "limit"),
        (["search", "x", "--limit", "101"], "limit"),
        (["search", "\udcff"], "错误"),
        (["show", "m1777"], "是否指 m17?"),
        (["grant"], "回执编号"),
        (["grant", "r-nothing"], "receipt_id"),
        (["grant", "r-1", "--fine", "5,000"], "fine"),
        (["grant", "r-1", "--fine", "1.234"], "fine"),
        (["corrected", "r-1"], "--not-corrected"),
        (["corrected", "r-1", "--on", "2026-01-01", "--not-corrected"], "--not-corrected"),
        (["corrected", "r-nothing", "--not-corrected"], "grant_id"),
        (["withdraw", "r-1"], "--reason"),
        (["list", "--subject", "1"], "subject"),
        (["list", "--limit", "201"], "limit"),
        (["statistics", "--by", "entri"], "是否指 entry?"),
        (["statistics", "--from", "2026"], "from"),
    ],
)
def test_wrong_usage_is_status_2(gate, arguments, told):
    assert told in refusal(client_command("exemptions", *arguments, "--target", gate), 2)


def test_no_service_is_status_3(nowhere):
    for arguments in (["search", "过期食品"], ["show", "m17"], ["list"], ["statistics"], ["grant", "r-1"]):
        refusal(client_command("exemptions", *arguments, "--target", nowhere, "--timeout", "0.3"), 3)


def test_the_clients_search_and_show(ask, gate):
    found = ask(gate, "search_exemptions", "过期食品")
    assert found.hits[0].exemption.code == "m17"
    asked = ExemptionSearch("过期食品", kinds=(ExemptionKind.FIRST,), as_of=date(2025, 1, 27), page_size=1)
    (hit,) = ask(gate, "search_exemptions", asked).hits
    assert (hit.versions[0].kind, hit.versions[0].from_on) == (ExemptionKind.FIRST, date(2025, 1, 27))
    assert found.hits[0].fits and found.law is None
    elsewhere = ask(gate, "search_exemptions", ExemptionSearch("烟感坏了", region="441900"))
    assert elsewhere.references[0].versions[0].not_binding == "是上海市的清单, 对广东省东莞市没有约束力"
    assert {"law-minor", "law-first"} <= {one.rule.code for one in elsewhere.law.rules}
    entry = ask(gate, "exemption", "m17", region="441900", as_of=date(2025, 1, 26))
    assert (entry.as_of, entry.versions[0].version.in_force) == (date(2025, 1, 26), False)
    with pytest.raises(creditgate.UnknownThing) as unknown:
        ask(gate, "exemption", "m1777")
    assert unknown.value.field == "exemption"
    for wrong in (ExemptionSearch("x", page_size=-1), ExemptionSearch("x", kinds=("no",)), ExemptionSearch("\ud800")):
        with pytest.raises(creditgate.InvalidQuestion):
            ask(gate, "search_exemptions", wrong)


# -- the register ---------------------------------------------------------------------------------------------------


def test_the_clients_keep_the_register(ask, gate, firm):
    receipt = exempted(gate, firm)
    asked = NewGrant(receipt_id=receipt, due_on=DUE, promise_made=True, fine_forgone_fen=6_650, note="当场封存")
    grant = ask(gate, "grant_exemption", asked)
    assert (grant.grant_id, grant.identifier, grant.exemption.code, grant.exemption_list.code) == (
        receipt,
        firm,
        "m17",
        "samr-2025-1",
    )
    assert (grant.decided_on, grant.due_on, grant.standing) == (A_MONTH_AGO, DUE, GrantStanding.OVERDUE)
    assert ask(gate, "grant_exemption", asked) == grant
    report = ask(gate, "report_correction", receipt, corrected_on=DUE, kept_promise=False)
    assert (report.standing, report.promise_broken) == (GrantStanding.CORRECTED, True)
    assert (report.last_report.corrected_on, report.last_report.kept_promise, report.report_count) == (DUE, False, 1)
    assert ask(gate, "correction_reports", receipt).reports == (report.last_report,)
    assert ask(gate, "grant", receipt) == report
    assert ask(gate, "withdraw_grant", receipt, reason="x", validate_only=True).standing is GrantStanding.WITHDRAWN
    page = ask(gate, "exemptions_granted", GrantFilters(subject=Subject(firm), page_size=1))
    assert page.grants == (report,)
    counted = ask(
        gate, "exemption_statistics", from_on=A_MONTH_AGO, until_on=A_MONTH_AGO, by=[ExemptionStatisticsKey.MONTH]
    )
    assert [(one.month, one.granted > 0) for one in counted.figures] == [(A_MONTH_AGO.isoformat()[:7], True)]
    withdrawn = ask(gate, "withdraw_grant", receipt, reason="登错")
    assert (withdrawn.standing, withdrawn.withdrawal.reason) == (GrantStanding.WITHDRAWN, "登错")
    with pytest.raises(creditgate.WrongState) as refusal:
        ask(gate, "report_correction", receipt, corrected_on=None)
    assert isinstance(refusal.value, creditgate.WrongQuestion)


def test_the_command_keeps_the_register(gate, firm):
    receipt = exempted(gate, firm)
    options = ["--document", "虚构不罚〔2026〕2号", "--due-on", DUE.isoformat(), "--promise", "--fine", "66.50"]
    grant = command(gate, "grant", receipt, *options, "--note", "当场封存")
    assert (grant["grant_id"], grant["identifier"], grant["standing"]) == (receipt, firm, "overdue")
    assert (grant["document_number"], grant["fine_forgone_fen"], grant["note"]) == (
        "虚构不罚〔2026〕2号",
        6_650,
        "当场封存",
    )
    assert [
        one["grant_id"] for one in command(gate, "list", "--subject", firm, "--open", "--entry", "m17")["grants"]
    ] == [receipt]
    missed = command(gate, "corrected", receipt, "--not-corrected")
    assert (missed["last_report"]["corrected_on"], missed["last_report"]["kept_promise"]) == (None, None)
    late = (DUE + timedelta(days=1)).isoformat()
    report = command(gate, "corrected", receipt, "--on", late, "--broke-promise")
    assert (report["standing"], report["promise_broken"]) == ("late", True)
    assert command(gate, "granted", receipt) == report
    assert [one["corrected_on"] for one in command(gate, "reports", receipt)["reports"]] == [None, late]
    assert command(gate, "list", "--subject", firm, "--open")["grants"] == []
    day = A_MONTH_AGO.isoformat()
    by = ["--by", "organ", "--by", "entry", "--by", "month"]
    (figures,) = command(gate, "statistics", "--from", day, "--until", day, *by)["figures"]
    assert (figures["organ"]["code"], figures["exemption"]["code"], figures["month"]) == (
        "market-regulation",
        "m17",
        day[:7],
    )
    shown = client_command("exemptions", "list", "--subject", firm, "--target", gate).stdout
    assert receipt in shown and "逾期改正" in shown
    assert "违背承诺" in client_command("exemptions", "statistics", *by, "--target", gate).stdout
    done = client_command("exemptions", "withdraw", receipt, "--reason", "登错", "--target", gate)
    assert done.returncode == 0 and "已撤回" in done.stdout and "登错" in done.stdout and "66.50 元" in done.stdout
    told = refusal(client_command("exemptions", "corrected", receipt, "--not-corrected", "--target", gate), 2)
    assert "grant_id" in told
