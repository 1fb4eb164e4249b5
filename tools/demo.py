"""The demo: the service on the embedded store with the rule library and the sample registry, asked real checks.

Everything is the real thing: the commands that an operator runs, a server process, the client over gRPC. Exits with 1
where an answer is not the one that the case expects.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from creditgate import CheckResult, Client, Outcome, Question
from creditgate.cli.output import make_console
from creditgate.cli.show import answers_table, one_row, print_answer
from creditgate.values.common import subjects_of

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "sample"
SERVER = Path(sys.executable).with_name("creditgate-server")
DAY = "2026-11-20"
"""The legal day of all cases, and the day up to which the sample's data is complete."""
STALE_DAY = "2026-09-30"
"""The customs feed is left behind on purpose: what it does not show is not known."""
EXPLAINED = "三次环保处罚的企业申请专项资金六百万元"


def main() -> int:
    """Run it in a folder that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="creditgate-demo-"))
    try:
        store = f"sqlite:///{folder / 'demo.db'}"
        load_sample(store)
        with service(store, folder / "server.log") as target, Client(target, timeout=10) as client:
            return ask(client)
    finally:
        shutil.rmtree(folder)


def load_sample(store: str) -> None:
    """Import the sample registry with the operator's command."""
    fresh = [SAMPLE / f"{name}.csv" for name in ("subjects", "penalties", "licences", "lists", "ratings", "records")]
    for files, day in ((fresh, DAY), ([SAMPLE / "customs.csv"], STALE_DAY)):
        command = [SERVER, "import", *files, "--store", store, "--rules", ROOT / "rules", "--as-of", day]
        subprocess.run([str(part) for part in command], check=True)


@contextmanager
def service(store: str, log: Path) -> Iterator[str]:
    """The running service; yields its address."""
    command = [str(SERVER), "serve", "--rules", str(ROOT / "rules"), "--store", store, "--listen", "127.0.0.1:0"]
    with log.open("w") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
        try:
            ready = process.stdout.readline() if process.stdout else ""
            if " ready on " not in ready:
                raise SystemExit(f"the service did not start:\n{log.read_text()}")
            print(ready.strip(), flush=True)
            yield ready.split(" ready on ")[1].split(",")[0]
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def ask(client: Client) -> int:
    """Ask every case, show the answers, explain one in full."""
    console = make_console()
    table = answers_table("办件")
    wrong: list[str] = []
    outcomes: Counter[Outcome] = Counter()
    explained: CheckResult | None = None
    for number, line in enumerate((SAMPLE / "cases.jsonl").read_text("utf-8").splitlines(), start=1):
        case = json.loads(line)
        result = client.ask(question(case, number))
        outcomes[result.outcome] += 1
        table.add_row(*one_row(case["title"], result))
        if case["title"] == EXPLAINED:
            explained = result
        missing = set(case["measures"]) - {measure.measure.code for measure in result.measures}
        if result.outcome != case["expect"] or missing:
            wrong.append(f"{case['title']}: {result.outcome}, 应为 {case['expect']} {sorted(missing)}")
    console.print(table)
    console.print("结论: " + ", ".join(f"{outcome} {outcomes[outcome]}" for outcome in Outcome))
    if explained is not None:
        console.rule("一份完整的说明: " + EXPLAINED)
        print_answer(console, explained)
    for line in wrong:
        console.print(f"不符: {line}")
    return 1 if wrong or len(outcomes) < len(Outcome) or explained is None else 0


def question(case: dict[str, Any], number: int) -> Question:
    """The question of a case."""
    return Question(
        organ=case["organ"],
        item=case["item"],
        subjects=subjects_of(case["subjects"]),
        case_number=f"样例-{number:03d}",
        facts=case["facts"],
        as_of=DAY,
        explain=case["title"] == EXPLAINED,
    )


if __name__ == "__main__":
    sys.exit(main())
