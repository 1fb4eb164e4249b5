"""Keep what this release writes: a store with receipts of every kind, for `tests/releases` of the releases to come.

Run it before a release: `python -m tools.keep_release tests/releases/NAME` writes NAME.db.xz, and NAME.yaml with the
keys to verify it by. The tests bring each such store up to date, verify it, and judge its receipts again.
"""

from __future__ import annotations

import argparse
import json
import lzma
import os
import sqlite3
import subprocess
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

from tools import demo

from creditgate import Client, Subject, Violation

FIRMS = ("91441900YL0000020R", "91441900YL0000039N", "91441900YL0000047H", "91441900YL00001868", "91441900YL0000055C")
FACTS = {"goods_value": Decimal(66), "source_explained": True, "food_incident": False, "safety_bottom_line": False}
MORE = {"malicious": False, "repeated": False, "consequences": "slight"}


def main() -> int:
    """Write the store."""
    given = argparse.ArgumentParser(prog="tools.keep_release")
    given.add_argument("name", type=Path, help="tests/releases/NAME")
    kept: Path = given.parse_args().name
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = f"sqlite:///{folder / 'gate.db'}"
        key = folder / "ledger.pem"
        trust = command("keys", "ledger", "--out", str(key))
        os.environ |= {"CREDITGATE_LEDGER_KEY": str(key)}
        demo.load_sample(store)
        with demo.service(store, folder / "server.log") as target, Client(target, timeout=10) as client:
            ask(client)
        command("ledger", "checkpoint", "--store", store)
        whole = folder / "whole.db"
        with sqlite3.connect(folder / "gate.db") as connection:
            connection.execute("VACUUM INTO ?", (str(whole),))
        kept.with_suffix(".db.xz").write_bytes(lzma.compress(whole.read_bytes(), preset=9))
        kept.with_suffix(".yaml").write_text(trust, "utf-8")
    return 0


def command(*arguments: str) -> str:
    """What a command of the operator prints."""
    return subprocess.run([str(demo.SERVER), *arguments], check=True, capture_output=True, text=True).stdout


def ask(client: Client) -> None:
    """Every kind of question, and reports on some."""
    cases = [json.loads(line) for line in (demo.SAMPLE / "cases.jsonl").read_text("utf-8").splitlines()]
    checked = [client.ask(demo.question(case, number)) for number, case in enumerate(cases, start=1)]
    for firm in FIRMS:
        client.level(organ="market-regulation", subject=firm, as_of=demo.DAY)
    for number, facts in enumerate((FACTS, FACTS | MORE, FACTS | MORE | {"goods_value": Decimal(501)}), start=1):
        client.evaluate(
            Violation(
                organ="market-regulation",
                subject=Subject(FIRMS[4]),
                exemption="m17",
                case_number=f"样例免罚-{number}",
                acted_on="2026-11-18",
                discovered_on="2026-11-18",
                facts=facts,
                as_of=demo.DAY,
            )
        )
    due = [one for one in checked if one.measures][:4]
    for one in due:
        client.report_outcome(
            one.receipt.receipt_id,
            result="refused",
            post="审批岗",
            measures=dict.fromkeys(m.measure.code for m in one.measures),
        )
    client.withdraw_report(due[0].receipt.receipt_id, reason="报错了", post="审批岗")


if __name__ == "__main__":
    sys.exit(main())
