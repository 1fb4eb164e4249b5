"""Start, refusal to start, and the end of the service."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import grpc
import pytest

from creditgate_server.app.address import bound, reserve
from creditgate_server.errors import SetupFault
from creditgate_server.settings import Address

from ..shared import ROOT, RULES, lay_proof
from .running import COMMAND, PATIENCE, checks, fill_registry, question, serving, start


def refused(*options: str, **environment: str) -> str:
    """Standard error of a service that must not start."""
    done = subprocess.run(
        [str(COMMAND), "serve", *options],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
        env={**os.environ, **environment},
        cwd=ROOT,
    )
    assert done.returncode == 1, done
    assert done.stdout == ""
    assert "Traceback" not in done.stderr, done.stderr
    return "\n".join(line for line in done.stderr.splitlines() if not line.startswith("{"))


def ordinary(folder: Path) -> list[str]:
    return ["--rules", str(RULES), "--store", f"sqlite:///{folder}/gate.db", "--listen", "127.0.0.1:0"]


def test_what_serves_loads_nothing_that_reads_spreadsheets() -> None:
    """It takes a tenth of a start."""
    loaded = "import sys, creditgate_server.app.worker, creditgate_server.cli.serve; print('openpyxl' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", loaded], check=True, capture_output=True, text=True)
    assert done.stdout == "False\n"


def test_sigterm_lets_running_calls_end_and_exits_0(tmp_path: Path) -> None:
    fill_registry(f"sqlite:///{tmp_path}/gate.db")
    with serving(tmp_path, "--workers", "2") as service, service.channel() as channel:
        gate = checks(channel)
        gate.Check(question())
        workers = service.worker_ids()
        running = [gate.Check.future(question(case_number=f"末-{number}")) for number in range(50)]
        assert running[0].result(PATIENCE).answer.receipt.receipt_id
        assert service.stop() == 0
        answered = {call.result().answer.receipt.receipt_id for call in running if call.exception() is None}
        for call in running:
            assert call.exception() is None or call.code() is grpc.StatusCode.UNAVAILABLE, call.exception()
        assert answered <= set(service.receipts())
        assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]


def test_a_watcher_of_the_health_does_not_hold_up_the_end(tmp_path: Path) -> None:
    fill_registry(f"sqlite:///{tmp_path}/gate.db")
    with serving(tmp_path, "--drain-seconds", "600") as service:
        watcher = threading.Thread(target=_watch_to_the_end, args=(service,))
        watcher.start()
        service.await_health(1)
        assert service.stop() == 0
        watcher.join(PATIENCE)
        assert not watcher.is_alive()


def _watch_to_the_end(service) -> None:
    try:
        service.await_health(2)
    except grpc.RpcError:
        return


def test_sigint_ends_it_too(tmp_path: Path) -> None:
    fill_registry(f"sqlite:///{tmp_path}/gate.db")
    with serving(tmp_path) as service:
        service.process.send_signal(signal.SIGINT)
        assert service.process.wait(PATIENCE) == 0


def test_a_port_that_another_process_listens_on_is_refused(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0), reuse_port=True) as other:
        port = other.getsockname()[1]
        told = refused(*ordinary(tmp_path)[:-1], f"127.0.0.1:{port}")
    assert "已被占用" in told


def test_a_second_service_on_the_same_port_is_refused(tmp_path: Path) -> None:
    fill_registry(f"sqlite:///{tmp_path}/gate.db")
    with serving(tmp_path) as service:
        assert "已被占用" in refused(*ordinary(tmp_path)[:-1], service.target)


def test_a_port_that_another_is_about_to_leave_is_waited_for() -> None:
    """As after the supervisor's death: its workers end their calls, and listen until then."""
    with socket.create_server(("127.0.0.1", 0), reuse_port=True) as other:
        address = Address(*other.getsockname())
        with pytest.raises(SetupFault, match="已被占用"):
            reserve(address, 0)
        leaving = threading.Timer(0.3, other.close)
        leaving.start()
        with reserve(address, PATIENCE) as holder:
            assert bound(holder) == address
        leaving.join()


def test_it_can_start_again_on_the_port_at_once_and_proves_nothing_again(tmp_path: Path) -> None:
    fill_registry(f"sqlite:///{tmp_path}/gate.db")
    with serving(tmp_path, proved=False) as service, service.channel() as channel:
        checks(channel).Check(question())
        assert service.stop() == 0
    first = service.await_event(event="rule set proved")
    assert not first["kept"]
    again = start(tmp_path, listen=service.target, proved=False)
    again.await_ready()
    assert again.target == service.target
    assert again.await_event(event="rule set proved") | {"timestamp": ""} == first | {"kept": True, "timestamp": ""}
    assert again.stop() == 0
    again.process.stdout.close()


def test_a_broken_rule_is_refused_with_its_place(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(RULES, rules)
    broken = rules / "books" / "grade.yaml"
    broken.write_text(broken.read_text("utf-8").replace("fact: evaluation", "fact: evaluaton", 1), "utf-8")
    told = refused("--rules", str(rules), "--store", f"sqlite:///{tmp_path}/gate.db", "--listen", "127.0.0.1:0")
    assert "books/grade.yaml:" in told


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--listen", "0.0.0.0:0"), "--callers"),
        (("--listen", "nonsense"), "HOST:PORT"),
        (("--workers", "0"), "workers"),
        (("--store", "mysql://x/y"), "mysql"),
        (("--store", "sqlite:////proc/nowhere/gate.db"), "creditgate-server:"),
        (("--rules", "no/such/folder"), "no/such/folder"),
        (("--callers", "/no/such/file"), "/no/such/file"),
        (("--tls-certificate", "/no/such/file"), "tls_key"),
        (("--second-opinion-share", "2"), "second_opinion_share"),
    ],
)
def test_what_it_cannot_start_with_is_told_in_words(tmp_path: Path, options: tuple[str, str], word: str) -> None:
    lay_proof(f"sqlite:///{tmp_path}/gate.db")
    assert word in refused(*ordinary(tmp_path), *options)


def test_a_setting_in_the_environment_counts(tmp_path: Path) -> None:
    assert "workers" in refused(*ordinary(tmp_path), CREDITGATE_WORKERS="many")


def test_the_version_is_told() -> None:
    done = subprocess.run([str(COMMAND), "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("creditgate-server 0.")


def test_migrate_prepares_a_store(tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path}/gate.db"
    for _ in range(2):
        subprocess.run([str(COMMAND), "migrate", "--store", store], check=True, capture_output=True)
    assert (tmp_path / "gate.db").exists()
