"""Reconciling licences: rows of a file a second, on one core, and what reading the store and writing reports costs beside."""

from __future__ import annotations

import csv
import json
import resource
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

import msgspec

from creditgate_server.codes import uscc_check_character
from creditgate_server.coverage.checks import read_checks
from creditgate_server.coverage.counting import Made, report
from creditgate_server.coverage.files import read_licences
from creditgate_server.coverage.items import ItemFinder
from creditgate_server.coverage.matching import match, without_doubles
from creditgate_server.coverage.page import page
from creditgate_server.coverage.values import Licence
from creditgate_server.coverage.workbook import write_workbook
from creditgate_server.ledger.tables import ReceiptRow
from creditgate_server.outcomes.values import CHECK
from creditgate_server.rulebook.catalogue import Catalogue
from creditgate_server.rulebook.load import read_directory
from creditgate_server.storage.database import Store, migrate, open_store

ROOT = Path(__file__).parents[1]
HEADERS = (
    "行政相对人名称",
    "行政相对人类别",
    "行政相对人代码_1(统一社会信用代码)",
    "法定代表人",
    "行政许可决定文书号",
    "许可证书名称",
    "许可类别",
    "许可编号",
    "许可决定日期",
    "有效期自",
    "有效期至",
    "许可内容",
    "许可机关",
    "许可机关统一社会信用代码",
    "数据来源单位",
    "项目名称",
)
WINDOW = 30
FIRST = date(2026, 1, 1)


@dataclass(frozen=True)
class CoverageFigures:
    """Processor seconds of each step, all in one thread. The store's own disk waits are in `elapsed` alone.

    `per_second`: licences of the file read, matched and counted; with the store's receipts beside, `whole_per_second`.
    """

    licences: int
    receipts: int
    read_file: float
    read_store: float
    match_and_count: float
    json: float
    xlsx: float
    html: float
    peak_mib: float
    elapsed: float
    """Seconds by the clock from the file to the numbers, the store included, on a shared machine."""

    @property
    def per_second(self) -> float:
        return self.licences / (self.read_file + self.match_and_count)

    @property
    def whole_per_second(self) -> float:
        return self.licences / (self.read_file + self.read_store + self.match_and_count)

    @property
    def receipts_per_second(self) -> float:
        return self.receipts / self.read_store


def firm(number: int) -> str:
    first = f"91441900YL{number:07d}"
    return first + uscc_check_character(first)


def write_file(path: Path, catalogue: Catalogue, licences: int, draw: Random) -> list[tuple[str, str, date]]:
    """A file of licences, each of a firm of its own in two of three; what it says of each."""
    items = list(catalogue.items.values())
    made = []
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(HEADERS)
        for number in range(licences):
            item, code = draw.choice(items), firm(draw.randrange(licences * 2 // 3 + 1))
            day = FIRST + timedelta(days=draw.randrange(300))
            organ = catalogue.organs[item.organ].title
            who = ("虚构(东莞)有限公司", "法人及非法人组织", code, "某某")
            what = (f"虚构许字〔2026〕第{number}号", item.title, "普通", f"证{number}", day.isoformat())
            rows.writerow((*who, *what, day.isoformat(), "2031-01-01", item.title, organ, firm(0), organ, item.title))
            made.append((code, item.code, day))
    return made


def write_checks(store: Store, made: list[tuple[str, str, date]], draw: Random) -> int:
    """Checks for nine of ten licences, some late, written plainly: how they are chained does not matter here."""
    rows = []
    for number, (code, item, day) in enumerate(made):
        if draw.random() < 0.1:
            continue
        at = datetime(day.year, day.month, day.day, 4, tzinfo=UTC) - timedelta(days=draw.randrange(-10, 35))
        question = {
            "stage": "acceptance",
            "subjects": [{"identifier": code, "role": "applicant"}],
            "known_at": None,
            "facts": {},
            "purpose": "测试",
        }
        known = [{"identifier": code, "records": [{"document_number": "虚构" * 20} for _ in range(8)]}]
        decision = {"outcome": "clear", "measures": [], "known": known}
        payload = json.dumps({"question": question, "decision": decision}, ensure_ascii=False).encode()
        instant = at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        rows.append(
            {
                "id": f"r-{number:026d}",
                "kind": CHECK,
                "caller": "bench",
                "body_digest": "",
                "organ": "",
                "item": item,
                "case_number": "",
                "rule_set": "",
                "chain": "bench",
                "number": number,
                "previous_hash": "",
                "hash": "",
                "issued_at": instant,
                "activation": 0,
                "decided_at": "",
                "answer": "clear",
                "about": "",
                "needs_outcome": False,
                "case_key": "",
                "payload": payload,
            }
        )
    with store.engine.begin() as connection:
        connection.execute(ReceiptRow.__table__.insert(), rows)  # type: ignore[attr-defined]
    return len(rows)


def measure(licences: int = 100_000) -> CoverageFigures:
    """One run over so many licences."""
    draw = Random(5)
    catalogue = read_directory(ROOT / "rules").rule_set.catalogue
    with tempfile.TemporaryDirectory(prefix="creditgate-coverage-") as name:
        folder = Path(name)
        file = folder / "licences.csv"
        made = write_file(file, catalogue, licences, draw)
        store = open_store(f"sqlite:///{folder / 'gate.db'}")
        migrate(store)
        receipts = write_checks(store, made, draw)
        del made
        began = time.perf_counter()
        times = [time.process_time()]
        finder = ItemFinder(catalogue, {})
        rows = without_doubles(read_licences(file, 0, None, catalogue, finder, lambda _: ("", "")))
        times.append(time.process_time())
        wanted = {(row.subject, row.item) for row in rows if isinstance(row, Licence)}
        reading = read_checks(store, wanted, FIRST, WINDOW, lambda _: None)
        times.append(time.process_time())
        titles = {code: item.title for code, item in catalogue.items.items()}
        found = report(
            match(rows, reading.checks, WINDOW), titles, Made(files=(file.name,), window_days=WINDOW, made_on=FIRST)
        )
        times.append(time.process_time())
        elapsed = time.perf_counter() - began
        (folder / "r.json").write_bytes(msgspec.json.encode(found))
        times.append(time.process_time())
        write_workbook(folder / "r.xlsx", found)
        times.append(time.process_time())
        (folder / "r.html").write_text(page(found), "utf-8")
        times.append(time.process_time())
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        store.close()
    steps = [after - before for before, after in pairwise(times)]
    return CoverageFigures(licences, receipts, *steps, peak, elapsed)


if __name__ == "__main__":
    for size in (20_000, 100_000):
        figures = measure(size)
        print(
            f"{figures.per_second:,.0f} licences/s, {figures.whole_per_second:,.0f} with the store, {figures.receipts_per_second:,.0f} receipts/s: {figures}"
        )
