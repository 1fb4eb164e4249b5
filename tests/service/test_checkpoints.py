"""A service with a ledger key seals its receipts while it runs; the commands verify and export them."""

from __future__ import annotations

import json
import socket
import sqlite3
import urllib.request
from pathlib import Path

import pytest

from .. import commands
from ..commands import Done
from .running import checks, fill_registry, question, serving, start


def command(*arguments: object, status: int = 0) -> Done:
    done = commands.command(*arguments)
    assert done.returncode == status, done.stderr + done.stdout
    return done


def verify_offline(proof: Path, key: Path) -> Done:
    return commands.client_command("receipt", "verify", proof, "--key", key)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.mark.parametrize("algorithm", ["sha256", "sm3"])
def test_receipts_are_sealed_verified_and_exported_while_the_service_runs(tmp_path: Path, algorithm: str) -> None:
    fill_registry(f"sqlite:///{tmp_path}/gate.db")
    key, folder, metrics = tmp_path / "ledger.pem", tmp_path / "elsewhere", f"127.0.0.1:{free_port()}"
    folder.mkdir()
    entry = command("keys", "ledger", "--out", key).stdout
    (tmp_path / "trust.yaml").write_text(entry)
    settings = {"ledger_key": str(key), "ledger_seconds": "1", "ledger_checkpoints": str(folder), "metrics": metrics}
    with serving(tmp_path, "--workers", "2", ledger_hash=algorithm, **settings) as service:
        with service.channel() as channel:
            made = [
                checks(channel).Check(question(case_number=f"虚构-{n}")).answer.receipt.receipt_id for n in range(20)
            ]
        service.await_event(event="checkpoint", size=20)
        told = urllib.request.urlopen(f"http://{metrics}/metrics", timeout=10).read().decode()
        assert "creditgate_ledger_size 20.0" in told
        assert "creditgate_ledger_failures_total 0.0" in told
        address = ["--store", service.store, "--checkpoints", folder, "--trust", tmp_path / "trust.yaml"]
        verdict = json.loads(command("ledger", "verify", *address, "--json").stdout)
        assert (verdict["sound"], verdict["leaves"], verdict["signatures"]) == (True, 20, True)
        assert "完好" in command("ledger", "verify", *address).stdout
        assert f"\nalgorithm {algorithm}\n" in (folder / "latest").read_text()
        command("ledger", "export", "--store", service.store, "--receipt", made[7], "--out", tmp_path / "proof.json")
        done = verify_offline(tmp_path / "proof.json", tmp_path / "ledger.pub.pem")
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
        words = ["receipt", "export", made[8], "--out", tmp_path / "other.json"]
        done = commands.client_command(*words, "--target", service.target)
        assert done.returncode == 0, done.stderr
        done = verify_offline(tmp_path / "other.json", tmp_path / "ledger.pub.pem")
        assert done.returncode == 0, done.stdout
        with sqlite3.connect(tmp_path / "gate.db") as store:
            store.execute("UPDATE receipt SET item = 'other' WHERE id = ?", (made[7],))
        store.close()
        told = command("ledger", "verify", *address, status=3).stdout
        assert made[7] in told
        assert "item 一栏与回执正文不符" in told


def test_what_no_signature_shows_is_told_and_has_a_status_of_its_own(tmp_path: Path) -> None:
    key, trust, folder = tmp_path / "ledger.pem", tmp_path / "trust.yaml", tmp_path / "elsewhere"
    folder.mkdir()
    address = ["--store", f"sqlite:///{tmp_path}/gate.db"]
    command("migrate", *address)
    trust.write_text(command("keys", "ledger", "--out", key).stdout)
    told = command("ledger", "verify", *address, "--trust", trust, status=4).stdout
    assert "无从证明: 没有任何检查点" in told
    assert "没有签名可以核对" in told
    assert "签名有效" not in told
    command("ledger", "checkpoint", *address, "--key", key, "--checkpoints", folder)
    assert "签名有效" in command("ledger", "verify", *address, "--trust", trust, "--checkpoints", folder).stdout
    next(folder.rglob("*.note")).unlink()
    told = command("ledger", "verify", *address, "--trust", trust, "--checkpoints", folder, status=4).stdout
    assert "没有发现不符" in told
    assert "无从证明: 检查点目录中缺少库中有的检查点: 0 条" in told


def test_a_key_that_is_replaced_no_longer_signs(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/gate.db"
    command("migrate", "--store", address)
    for name in ("old", "new"):
        entry = command("keys", "ledger", "--out", tmp_path / f"{name}.pem").stdout
        (tmp_path / f"{name}.yaml").write_text(entry)
    trust = tmp_path / "old.yaml"
    command("ledger", "checkpoint", "--store", address, "--key", tmp_path / "old.pem")
    keys = ["--key", tmp_path / "old.pem", "--new-key", tmp_path / "new.pem"]
    command("ledger", "rotate", "--store", address, *keys, "--trust", trust)
    done = command("ledger", "checkpoint", "--store", address, "--key", tmp_path / "old.pem", status=1)
    assert "不是本账本现在的签名密钥" in done.stderr
    command("ledger", "checkpoint", "--store", address, "--key", tmp_path / "new.pem")
    command("ledger", "verify", "--store", address, "--trust", trust)
    command("ledger", "verify", "--store", address, "--trust", tmp_path / "old.pub.pem")
    command("ledger", "verify", "--store", address, "--trust", tmp_path / "new.pub.pem", status=3)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"ledger_key": "no-such-file"}, "读不到账本私钥"),
        ({"ledger_checkpoints": "."}, "ledger_checkpoints"),
    ],
)
def test_wrong_settings_are_told_at_start(tmp_path: Path, settings: dict[str, str], told: str) -> None:
    service = start(tmp_path, **settings)
    assert service.process.wait(60) == 1
    assert service.process.stdout is not None
    service.process.stdout.close()
    assert told in service.log.read_text("utf-8")
