"""Coverage alone: a licence file as cities export it, reconciled with a ledger of real decisions, on one core."""

from __future__ import annotations

import csv
import heapq
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import insert
from tools.make_sample import uscc

from creditgate_server.cli.coverage import reconciled
from creditgate_server.cli.coverage_written import CoverageFiles
from creditgate_server.decision.check.decision import Decision
from creditgate_server.decision.check.question import Question
from creditgate_server.decision.outcome.reporting import findings
from creditgate_server.decision.outcome.values import OUTCOME, MeasureDone, Reason, Report, Result
from creditgate_server.decision.parts import canonical
from creditgate_server.decision.question import SubjectInRole
from creditgate_server.judging.judge import Judge
from creditgate_server.judging.kinds import CHECK, answered
from creditgate_server.ledger.chain import Chain
from creditgate_server.ledger.receipt import Draft, Receipt
from creditgate_server.ledger.tables import ReceiptRow
from creditgate_server.publication.publisher import install
from creditgate_server.registry.everyone import identifiers
from creditgate_server.registry.forms import read_forms
from creditgate_server.registry.identity import PersonKey, key_path
from creditgate_server.registry.importer import HowToImport, import_file
from creditgate_server.registry.lookup import Registry
from creditgate_server.rulebook.language import Duty, Role, Stage
from creditgate_server.rulebook.load import LoadedRuleSet, read_directory
from creditgate_server.storage.database import Store, migrate, open_store
from creditgate_server.studies.coverage.mapping import FileMapping
from creditgate_server.studies.coverage.matching import CheckWindow
from creditgate_server.studies.coverage.reading import IssuePeriod
from creditgate_server.studies.coverage.reconcile import Reconciliation

from . import processor

ROOT = Path(__file__).resolve().parent.parent
DATA_DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
FIRST_DAY = date(2026, 1, 1)
DAYS = 300
ITEMS = (
    *("food-business-licence", "food-production-licence", "drug-retail-licence", "labour-dispatch-licence"),
    *("travel-agency-licence", "entertainment-licence", "road-transport-licence", "public-place-health-licence"),
)
_FILES = ("subjects", "penalties", "licences", "lists", "ratings", "customs", "records")
_BATCH = 2_000

HEADERS = (
    *(
        "行政相对人名称",
        "行政相对人类别",
        "行政相对人代码_1(统一社会信用代码)",
        "行政相对人代码_2(工商注册号)",
        "行政相对人代码_3(组织机构代码)",
    ),
    *(
        "行政相对人代码_4(税务登记号)",
        "行政相对人代码_5(事业单位证书号)",
        "法定代表人",
        "证件类型",
        "证件号码",
        "行政许可决定文书名称",
    ),
    *(
        "行政许可决定文书号",
        "许可类别",
        "许可证书名称",
        "许可编号",
        "许可内容",
        "许可决定日期",
        "有效期自",
        "有效期至",
        "许可机关",
    ),
    *("许可机关统一社会信用代码", "当前状态", "数据来源单位", "数据来源单位统一社会信用代码", "备注"),
)


@dataclass(frozen=True)
class CoverageFigures:
    """One size, medians of the rounds. Seconds are of one core."""

    licences: int
    checks: int
    reports: int
    payload: int
    """Bytes of a check's contents, on average."""
    alone: float
    """Licences a second, nothing written but the figures."""
    with_page: float
    with_all: float
    """Page, workbook and JSON with every case."""
    peak_mb: float
    """Most memory of the process that writes everything."""


@dataclass(frozen=True)
class Sample:
    """A real decision, to be put to other subjects."""

    identifier: str
    decision: Decision
    content: bytes
    item: str
    organ: str


# -- what it is measured on -------------------------------------------------------------------------------------------


def samples(store: Store, loaded: LoadedRuleSet) -> list[Sample]:
    """What the shipped rules say of the sample's subjects, for each of the items."""
    catalogue, forms = loaded.rule_set.catalogue, read_forms(ROOT / "rules")
    key = PersonKey.load(key_path(store, None), create=True)
    for name in _FILES:
        path = ROOT / "sample" / f"{name}.csv"
        rejects = Path(store.url.database or "").with_name("rejects.csv")
        import_file(
            store,
            path,
            catalogue=catalogue,
            forms=forms,
            person_key=key,
            data_day=DATA_DAY,
            known_at=NOW,
            how=HowToImport(rejects=rejects),
        )
    known, feeds = Registry(store).known(identifiers(store, NOW), NOW)
    judge = Judge(loaded.rule_set)
    found = []
    for identifier, knowledge in known.items():
        for item in ITEMS:
            question = _question(identifier, item, catalogue.items[item].organ, "1", DATA_DAY)
            decision = judge.judge(question, {identifier: knowledge}, feeds)
            found.append(Sample(identifier, decision, canonical(decision), item, question.organ))
    judge.close()
    return found


def _question(identifier: str, item: str, organ: str, case: str, day: date) -> Question:
    return Question(
        organ=organ,
        item=item,
        case_number=case,
        stage=Stage.DECISION,
        subjects=(SubjectInRole(identifier=identifier, role=Role.APPLICANT),),
        facts={"documents_missing": 0},
        purpose="行政许可审批信用核查",
        day=day,
    )


@dataclass(frozen=True, slots=True)
class Planned:
    """A check that is to be written."""

    at: datetime
    sample: Sample
    identifier: str
    case: str
    reported_at: datetime | None = None
    """When it is reported on, if there is something to report."""


class Filler:
    """Writes receipts as one worker would, in the order of their instants, without waiting for each."""

    def __init__(self, store: Store, seed: int) -> None:
        self._store = store
        self._draw = Random(seed)
        self._planned: list[Planned] = []
        self._chain = Chain()
        self._rows: list[dict[str, object]] = []
        self.checks = self.reports = self.bytes = 0

    def plan(self, check: Planned) -> None:
        """One more; the order does not matter."""
        self._planned.append(check)

    def write(self) -> None:
        """All that was planned."""
        open_reports: list[tuple[datetime, str, Receipt, Draft]] = []
        for planned in sorted(self._planned, key=lambda one: one.at):
            while open_reports and open_reports[0][0] <= planned.at:
                self._report(*heapq.heappop(open_reports))
            receipt, asked = self._check(planned)
            if planned.reported_at is not None and asked.needs_outcome:
                heapq.heappush(open_reports, (planned.reported_at, receipt.id, receipt, asked))
        while open_reports:
            self._report(*heapq.heappop(open_reports))
        self._flush()

    def _check(self, planned: Planned) -> tuple[Receipt, Draft]:
        """The sample's decision, of another subject."""
        sample, case = planned.sample, planned.case
        question = _question(planned.identifier, sample.item, sample.organ, case, planned.at.date())
        content = sample.content.replace(sample.identifier.encode(), planned.identifier.encode())
        draft = Draft(
            caller="bench",
            request_id=None,
            body_digest="0" * 64,
            kind=CHECK.code,
            organ=sample.organ,
            item=sample.item,
            case_number=case,
            rule_set=sample.decision.rule_set,
            question=canonical(question),
            decision=content,
            answer=sample.decision.outcome,
            needs_outcome=CHECK.needs_outcome(question, sample.decision),
            case_key=CHECK.case_key(question),
        )
        self.checks += 1
        self.bytes += len(draft.question) + len(draft.decision)
        return self._put(draft, planned.at), draft

    def _report(self, at: datetime, _: str, about: Receipt, asked: Draft) -> None:
        """Nearly everything that was a must is applied."""
        answer = answered(CHECK.code, asked.decision)
        done = tuple(
            MeasureDone(
                code=one.code, subject=one.subject, applied=not refused, reason=Reason.LEGAL if refused else None
            )
            for one in answer.measures
            if one.duty is Duty.MANDATORY
            for refused in [one.prohibits or self._draw.random() < 0.03]
        )
        said = Report(about=about.id, result=Result.GRANTED, decided_on=at.date(), post="审批岗", measures=done)
        complete, found = findings(said, answer)
        draft = Draft(
            caller="bench",
            request_id=None,
            body_digest="0" * 64,
            kind=OUTCOME,
            organ=asked.organ,
            item=asked.item,
            case_number=asked.case_number,
            rule_set=asked.rule_set,
            question=canonical(complete),
            decision=canonical(found),
            answer=said.result,
            about=about.id,
            case_key=asked.case_key,
        )
        self.reports += 1
        self._put(draft, at)

    def _put(self, draft: Draft, at: datetime) -> Receipt:
        (receipt,) = self._chain.link([draft], at)
        self._chain.moved_to(receipt)
        names = [column.name for column in ReceiptRow.__table__.columns]  # type: ignore[attr-defined]
        self._rows.append({name: getattr(receipt, name, getattr(draft, name, None)) for name in names})
        if len(self._rows) >= _BATCH:
            self._flush()
        return receipt

    def _flush(self) -> None:
        if self._rows:
            with self._store.engine.begin() as connection:
                connection.execute(insert(ReceiptRow), self._rows)
            self._rows.clear()


def fill(folder: Path, licences: int, seed: int = 5) -> dict[str, int]:
    """A licence file and a ledger: 90 of 100 checked in time, a quarter of these twice; as many checks again of others."""
    draw = Random(seed)
    loaded = read_directory(ROOT / "rules")
    catalogue = loaded.rule_set.catalogue
    with closing(open_store(f"sqlite:///{folder / 'gate.db'}")) as store:
        migrate(store)
        install(store, loaded, "bench")
        real = samples(store, loaded)
        filler = Filler(store, seed)
        with (folder / "licences.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(HEADERS)
            for number in range(licences):
                sample = draw.choice(real)
                identifier = uscc(draw.randrange(licences * 2 // 3))
                issued_on = FIRST_DAY + timedelta(days=number * DAYS // licences)
                item = catalogue.items[sample.item]
                organ = catalogue.organs[item.organ].title
                writer.writerow(_row(number, identifier, issued_on, item.title, organ))
                _plan(filler, sample, identifier, issued_on, number, draw)
                if draw.random() < 0.5:
                    other = uscc(number % 1_000_000, "93")
                    filler.plan(Planned(_at(issued_on, draw), sample, other, f"别-{number}"))
        filler.write()
        return {"checks": filler.checks, "reports": filler.reports, "payload": filler.bytes // filler.checks}


def _plan(filler: Filler, sample: Sample, identifier: str, issued_on: date, number: int, draw: Random) -> None:
    kind = draw.random()
    case = f"案-{number}"
    if kind < 0.9:
        days = draw.randrange(0, 15)
        if draw.random() < 0.25:
            filler.plan(Planned(_at(issued_on - timedelta(days=days + 7), draw), sample, identifier, case))
        at = _at(issued_on - timedelta(days=days), draw)
        reported_at = _at(issued_on + timedelta(days=1), draw) if draw.random() < 0.9 else None
        filler.plan(Planned(at, sample, identifier, case, reported_at))
    elif kind < 0.94:
        late = issued_on + timedelta(days=draw.randrange(1, 40))
        filler.plan(Planned(_at(late, draw), sample, identifier, case))


def _at(day: date, draw: Random) -> datetime:
    return datetime(
        day.year, day.month, day.day, draw.randrange(0, 12), draw.randrange(60), draw.randrange(60), tzinfo=UTC
    )


def _row(number: int, identifier: str, issued_on: date, title: str, organ: str) -> tuple[object, ...]:
    return (
        *(
            f"东莞市样例{number % 90_000}号商贸有限公司(样例)",
            "法人及非法人组织",
            identifier,
            "",
            "",
            "",
            "",
            "样例",
            "",
            "",
        ),
        *(f"准予{title}决定书", f"东样许〔2026〕{number:07d}号", "普通", f"{title}证", f"YL{number:08d}"),
        *("预包装食品销售; 散装食品销售; 热食类食品制售(样例)", issued_on, issued_on, issued_on + timedelta(days=1825)),
        *(organ, "11441900007330000X", "有效", organ, "11441900007330000X", ""),
    )


# -- measuring --------------------------------------------------------------------------------------------------------


def run(folder: Path, wanted: CoverageFiles) -> dict[str, float]:
    """Reconcile once in this process, on one core."""
    with suppress(AttributeError, OSError):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    asked = Reconciliation(
        files=(folder / "licences.csv",),
        mapping=FileMapping(),
        period=IssuePeriod(None, DATA_DAY),
        window=CheckWindow(before=30, after=90),
        now=NOW,
    )
    with closing(open_store(f"sqlite:///{folder / 'gate.db'}")) as store:
        began, wall = time.process_time(), time.perf_counter()
        report = reconciled(store, asked, None, None, wanted)
        seconds, passed = time.process_time() - began, time.perf_counter() - wall
    peak = processor.most_memory()
    return {"rows": report.rows, "seconds": seconds, "passed": passed, "peak_mb": peak}


KINDS: dict[str, Callable[[Path], CoverageFiles]] = {
    "alone": lambda folder: CoverageFiles(),
    "page": lambda folder: CoverageFiles(html=folder / "report.html"),
    "all": lambda folder: CoverageFiles(folder / "report.html", folder / "report.xlsx", folder / "report.json"),
}


def measure(licences: int = 100_000, rounds: int = 3) -> CoverageFigures:
    """Fill, then reconcile in a process of its own each time; medians of processor time."""
    with tempfile.TemporaryDirectory(prefix="creditgate-coverage-") as name:
        folder = Path(name)
        filled = fill(folder, licences)
        seen: dict[str, list[dict[str, float]]] = {kind: [] for kind in KINDS}
        for _ in range(rounds):
            for kind, found in seen.items():
                found.append(_in_a_process(folder, kind))
        rate = {kind: licences / statistics.median(one["seconds"] for one in found) for kind, found in seen.items()}
        return CoverageFigures(
            licences,
            filled["checks"],
            filled["reports"],
            filled["payload"],
            rate["alone"],
            rate["page"],
            rate["all"],
            max(one["peak_mb"] for one in seen["all"]),
        )


def _in_a_process(folder: Path, kind: str) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.coverage", "run", str(folder), kind]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    result: dict[str, float] = json.loads(done.stdout)
    return result


SIZES = (25_000, 100_000)
"""Two, so that growth of time and memory shows."""


def table(found: Sequence[CoverageFigures]) -> list[str]:
    """Lines of the report."""
    return [
        "**Coverage**: `coverage reconcile` of a licence file in the form of dual publicity, by processor time, with a ledger of real decisions and reports on them",
        f"(a check's contents have {found[0].payload:,} bytes) that holds as many checks of others besides. Licences a second.",
        "",
        "| licences | checks | reports | figures alone | and the page | and page, workbook and JSON | most memory MB |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {one.licences:,} | {one.checks:,} | {one.reports:,} | {one.alone:,.0f} | {one.with_page:,.0f} | {one.with_all:,.0f} | {one.peak_mb:.0f} |"
            for one in found
        ),
    ]


if __name__ == "__main__":
    if sys.argv[1:2] == ["run"]:
        place = Path(sys.argv[2])
        print(json.dumps(run(place, KINDS[sys.argv[3]](place))))
    else:
        print("\n".join(table([measure(size) for size in SIZES])))
