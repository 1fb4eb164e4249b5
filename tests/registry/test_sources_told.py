"""From files of two feeds to the answer, and what a steward does about it: by the real library and the commands.

Numbers in brackets are those of the acceptance examples on comparing sources.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from creditgate_server.cli.main import app
from creditgate_server.decision.check.decision import Decision, Outcome
from creditgate_server.decision.check.question import Question
from creditgate_server.decision.question import SubjectInRole
from creditgate_server.judging.judge import Judge
from creditgate_server.judging.kinds import CHECK
from creditgate_server.ledger.persons import receipts_of_person
from creditgate_server.ledger.receipt import Receipt
from creditgate_server.ledger.writer import ReceiptWriter
from creditgate_server.publication.rule_sets import save_rule_set
from creditgate_server.registry.control import Control
from creditgate_server.registry.forms import read_forms
from creditgate_server.registry.identity import PersonKey
from creditgate_server.registry.importer import HowToImport, import_file
from creditgate_server.registry.lookup import Registry
from creditgate_server.registry.reports import ImportReport
from creditgate_server.rulebook.language import Role, Stage
from creditgate_server.rulebook.load import read_directory
from creditgate_server.service.pack import Packer
from creditgate_server.storage.database import Store
from creditgate_server.studies.explanation.explanation import explain, gathered
from tests.replay.mill import drafted

from .sources import FIRM, OTHER, PERSON, ROOT, SOMEBODY, Sources, firm, penalty, repaired, represents

D18, D19, D20 = (date(2026, 11, day) for day in (18, 19, 20))
DAY = date(2026, 11, 20)
THEN = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
PLATFORM = "credit-china"
"""A feed that the library ranks for the state of penalties alone."""
FEEDS = ("registration", "national-evaluation", "penalty", "court", "tax", "market", "labour", "emergency", "finance")
FEEDS += ("statistics", "culture", "customs", "environment", "construction", "transport", "commitment", "honour")


class Office:
    """A store with feeds of today, the library's judge and a ledger."""

    def __init__(self, store: Store, rules: Path, *, but: str = "") -> None:
        """`but`: a feed that has not delivered."""
        self.sources = Sources(store)
        self.rules = rules
        loaded = read_directory(rules)
        save_rule_set(store, loaded.rule_set, loaded.files, THEN)
        self.rule_set = loaded.rule_set
        self.judge = Judge(loaded.rule_set)
        self.writer = ReceiptWriter(store, now=lambda: THEN)
        for feed in (one for one in FEEDS if one != but):
            self.sources.deliver(feed, DAY)

    def close(self) -> None:
        self.writer.close()
        self.judge.close()

    def check(self) -> tuple[Decision, Receipt]:
        """May the firm have a food business licence?"""
        question = Question(
            organ="market-regulation",
            item="food-business-licence",
            case_number="虚构-1",
            stage=Stage.DECISION,
            subjects=(SubjectInRole(identifier=FIRM, role=Role.APPLICANT),),
            facts={},
            purpose="办理",
            day=DAY,
        )
        known, feeds = Registry(self.sources.store).known([FIRM], None, self.rule_set.catalogue)
        decision = self.judge.judge(question, known, feeds)
        assert self.judge.second_opinion(question, known, feeds, decision) == ""
        made = self.writer.submit(drafted(question, decision)).result()
        assert isinstance(made, Receipt)
        return decision, made

    def take(self, path: Path, *, announced: int) -> ImportReport:
        """Import a file of which so many rows were announced."""
        return import_file(
            self.sources.store,
            path,
            catalogue=self.rule_set.catalogue,
            forms=read_forms(self.rules),
            person_key=PersonKey(b"k" * 32),
            data_day=DAY,
            known_at=THEN,
            how=HowToImport(control=Control(rows=announced)),
        )

    def run(self, *arguments: str) -> Result:
        address = ("--store", self.sources.store.url.render_as_string(hide_password=False))
        return CliRunner().invoke(app, [*arguments, *address])


@pytest.fixture
def office(store: Store) -> Iterator[Office]:
    made = Office(store, ROOT / "rules")
    yield made
    made.close()


@pytest.fixture
def unranked(store: Store, tmp_path: Path) -> Iterator[Office]:
    """By a library without a table of authority."""
    rules = tmp_path / "rules"
    shutil.copytree(ROOT / "rules", rules)
    for folder in ("catalogue", "verification"):
        (rules / folder / "authority.yaml").unlink(missing_ok=folder == "verification")
    made = Office(store, rules)
    yield made
    made.close()


def measures(decision: Decision) -> set[str]:
    return {measure.rule for measure in decision.measures}


def told(office: Office, decision: Decision, receipt: Receipt) -> tuple[str, str]:
    """The sentence of the answer, and the notes of the receipt's explanation."""
    summary = Packer(office.rule_set.catalogue).answer(CHECK, decision).summary
    notes = explain(gathered(office.sources.store, receipt)).notes
    return summary, "\n".join(notes)


def test_registration_settles_a_firms_state_and_the_answer_says_what_is_overruled(office: Office) -> None:
    """(1) One conflict; the check goes by registration, and warns: both values, who says them, by which row."""
    office.sources.deliver(None, D18, firm(operating_state="normal"))
    office.sources.deliver(PLATFORM, D19, firm(operating_state="cancelled"))
    decision, receipt = office.check()
    for text in told(office, decision, receipt):
        assert (
            "登记状态: 采用市场主体登记数据的“正常”(依数据权威表“登记事项以登记机关为准”(registered-facts)); " in text
        )
        assert "信用中国网站公示数据(东莞市发展和改革局, 数据至 2026-11-19)为“已注销”, 没有采用" in text
    assert "operating_state" not in {one.what for one in decision.undetermined}
    (known,) = decision.known
    assert known.attributes["operating_state"] == "normal"
    assert isinstance(known.overruled, dict)
    assert [(one.source, one.value) for one in known.overruled["operating_state"]] == [(PLATFORM, "cancelled")]
    shown = office.run("data", "conflicts", "--rules", str(office.rules))
    assert shown.exit_code == 0, shown.output
    assert "市场主体登记数据(2026-11-18), 市场监督管理局,称 正常" in shown.output.replace("东莞市", "")
    assert "[按权威来源, 用 正常]" in shown.output


def test_without_a_table_the_answer_is_undetermined_and_names_both(unranked: Office) -> None:
    """(2), (3): then it is settled; `rejudge` lists the receipt, which comes to something else now."""
    unranked.sources.deliver(None, D18, firm(operating_state="normal"))
    unranked.sources.deliver(PLATFORM, D19, firm(operating_state="cancelled"))
    decision, receipt = unranked.check()
    assert decision.outcome is Outcome.UNDETERMINED
    (waiting,) = [one for one in decision.undetermined if one.what == "operating_state"]
    for part in ("市场主体登记数据(数据至 2026-11-18)为“正常”", "信用中国网站公示数据(数据至 2026-11-19)为“已注销”"):
        assert part in waiting.reason
    assert waiting.supplier == "东莞市发展和改革局、东莞市市场监督管理局"

    rules = ("--rules", str(unranked.rules))
    shown = unranked.run("data", "conflicts", "--json", *rules)
    assert shown.exit_code == 1, shown.output
    (conflict,) = [json.loads(line) for line in shown.output.splitlines()]
    assert (conflict["thing"], conflict["field"], conflict["how"]) == ("attribute:operating_state", "value", "open")

    made = unranked.run(
        *("data", "settle", FIRM, conflict["thing"], "--by", "registration"),
        *("--post", "信用科审核岗", "--reason", "已电话核实登记机关", *rules),
    )
    assert made.exit_code == 0, made.output
    assert "第 1 号裁定: 登记状态 以 registration 的 正常 为准" in made.output
    assert unranked.run("data", "conflicts", *rules).exit_code == 0

    listed = unranked.run("ledger", "rejudge", "--settlement", "1", "--rules", str(unranked.rules))
    assert listed.exit_code == 0, listed.output
    assert receipt.id in listed.output
    assert "办件 虚构-1" in listed.output
    assert "第 1 号裁定涉及回执 1 份" in listed.output
    after, _ = unranked.check()
    assert "operating_state" not in {one.what for one in after.undetermined}
    assert "采用市场主体登记数据的“正常”(已由专人裁定)" in told(unranked, after, receipt)[0]


def test_a_penalty_repaired_by_who_shows_it_is_told_with_who_says_otherwise(office: Office) -> None:
    """信用中国 prevails over third parties on repair. What agrees is not spoken of."""
    office.sources.deliver(None, D18, firm(operating_state="normal"))
    office.sources.deliver(PLATFORM, D18, repaired(D18))
    office.sources.deliver("environment", D19, penalty())
    for text in told(office, *office.check()):
        assert "行政处罚 罚1的状态: 采用信用中国网站公示数据的“已修复”(依数据权威表“行政处罚是否已经修复" in text
        assert "(东莞市生态环境局, 数据至 2026-11-19)为“有效”, 没有采用" in text
        assert "登记状态" not in text


def test_another_representative_than_the_registered_one_is_told_with_who_says_so(office: Office) -> None:
    """Who is registered counts; what another source says stands in the sentence, the explanation and the receipt."""
    office.sources.deliver(None, D18, firm(operating_state="normal"), represents(PERSON, FIRM, date(2015, 1, 1)))
    office.sources.deliver(PLATFORM, D19, represents(SOMEBODY, FIRM, date(2020, 1, 1), feed=PLATFORM))
    decision, receipt = office.check()
    for text in told(office, decision, receipt):
        assert (
            "法定代表人: 采用市场主体登记数据的“p:11111111…”"
            f"(依数据权威表“{office.rule_set.catalogue.authority['registered-representative'].title}”"
            "(registered-representative)); "
            "信用中国网站公示数据(东莞市发展和改革局, 数据至 2026-11-19)为“p:22222222…”, 没有采用"
        ) in text
    assert [one.identifier for one in decision.known] == [FIRM]
    assert receipt.id in {one.id for one in receipts_of_person(office.sources.store, SOMEBODY)}


def test_that_all_sources_name_the_registered_representative_is_not_spoken_of(office: Office) -> None:
    office.sources.deliver(None, D18, firm(operating_state="normal"), represents(PERSON, FIRM, date(2015, 1, 1)))
    office.sources.deliver(PLATFORM, D19, represents(PERSON, FIRM, date(2016, 1, 1), feed=PLATFORM))
    assert not any("来源之间不一致" in text for text in told(office, *office.check()))


def test_a_file_short_of_its_control_total_leaves_its_feed_incomplete(store: Store, tmp_path: Path) -> None:
    """(5) Control total 743, received 742: undetermined, as with rejects, and so until the whole file comes."""
    office = Office(store, ROOT / "rules", but="penalty")
    try:
        office.sources.deliver(None, D18, firm(operating_state="normal"))
        path = tmp_path / "penalties.csv"
        lines = ["统一社会信用代码,行政处罚决定书文号,处罚类别,处罚决定日期,处罚机关,公示截止期"]
        lines += [f"{OTHER},罚{number},警告,2026-11-01,东莞市生态环境局,2027-01-31" for number in range(742)]
        path.write_text("\n".join(lines), "utf-8")
        assert not office.take(path, announced=743).delivered
        decision, _ = office.check()
        assert decision.outcome is Outcome.UNDETERMINED
        assert [(one.what, one.reason) for one in decision.undetermined if one.what == "feed:penalty"] == [
            ("feed:penalty", "从未送达数据")
        ]
        assert "743" in office.run("data", "conflicts", "--rules", str(office.rules)).output
        path.write_text("\n".join([*lines, lines[-1].replace("罚741", "罚742")]), "utf-8")
        assert office.take(path, announced=743).delivered
        after, _ = office.check()
        assert "feed:penalty" not in {one.what for one in after.undetermined}
    finally:
        office.close()


def test_a_receipt_that_knew_it_as_it_was_settled_is_not_listed(office: Office) -> None:
    office.sources.deliver(None, D18, firm(operating_state="normal"))
    office.sources.deliver(PLATFORM, D19, firm(operating_state="cancelled"))
    office.check()
    by = ("--by", "registration", "--post", "岗", "--reason", "因", "--rules", str(office.rules))
    assert office.run("data", "settle", FIRM, "attribute:operating_state", *by).exit_code == 0
    listed = office.run("ledger", "rejudge", "--settlement", "1", "--rules", str(office.rules))
    assert "涉及回执 0 份" in listed.output


def test_lineage_tells_file_row_and_day_and_the_receipts_that_rest_on_it(office: Office) -> None:
    office.sources.deliver(None, D18, firm(operating_state="normal"), penalty("罚〔2026〕1号"))
    _, receipt = office.check()
    told = office.run("data", "lineage", FIRM, "登记状态", "--rules", str(office.rules))
    assert told.exit_code == 0, told.output
    assert "登记状态 = 正常  市场主体登记数据  [采用, 一致]" in told.output
    assert "own-2026-11-18.csv(共 2 行)第 2 行, 数据日期 2026-11-18" in told.output
    assert f"回执 {receipt.id}" in told.output
    assert "回执 1 份" in told.output
    of_document = office.run("data", "lineage", FIRM, "罚[2026]1号", "--rules", str(office.rules))
    assert "严重程度 = 一般" in of_document.output
    assert f"回执 {receipt.id}" in of_document.output
    assert office.run("data", "lineage", FIRM, "罚9", "--rules", str(office.rules)).exit_code == 2


def test_compare_quality_and_the_page(office: Office, tmp_path: Path) -> None:
    rules = ("--rules", str(office.rules))
    office.sources.deliver(None, D18, firm(operating_state="normal"), penalty("罚1"), penalty("罚2"), penalty("罚3"))
    office.sources.deliver(PLATFORM, D19, penalty("罚1", severity="serious"), repaired(D18, "罚2"), penalty("罚3"))
    out = tmp_path / "compared.csv"
    compared = office.run("data", "compare", "penalty", PLATFORM, "--out", str(out), *rules)
    assert compared.exit_code == 1, compared.output
    assert "只有甲有 0, 只有乙有 0, 一致 1, 不一致 2" in compared.output
    assert "严重程度 一般 / 严重" in compared.output
    assert out.read_text("utf-8-sig").splitlines()[1:] == [
        f"不一致,{FIRM},行政处罚 罚1,失信严重程度,一般,严重",
        f"不一致,{FIRM},行政处罚 罚2,状态,有效,已修复 2026-11-18",
    ]
    assert office.run("data", "compare", "penalty", "penalty", *rules).exit_code == 2
    quality = office.run("data", "quality", *rules)
    assert "行政处罚和许可双公示数据(penalty): 完整到 2026-11-20" in quality.output
    page = tmp_path / "sources.html"
    written = office.run("data", "page", "--out", str(page), *rules)
    assert written.exit_code == 0, written.output
    text = page.read_text("utf-8")
    assert "1 处矛盾未定" in text
    assert "信用中国网站公示数据" in text
    assert "script-src" not in text
    assert "行政处罚 罚1 失信严重程度" in text


def test_what_commands_cannot_do_they_refuse_plainly(office: Office) -> None:
    rules = ("--rules", str(office.rules))
    assert office.run("data", "quality").exit_code == 2  # no rule set is in force
    refused = office.run("ledger", "rejudge", "--settlement", "7", *rules)
    assert (refused.exit_code, "没有编号为 7 的裁定" in refused.output) == (1, True)
    assert office.run("ledger", "rejudge").exit_code == 2
    assert office.run("ledger", "rejudge", "--receipt", "x", "--settlement", "1").exit_code == 2
