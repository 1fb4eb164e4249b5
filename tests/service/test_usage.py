"""Wrong usage of `creditgate-server` is told in one line of Chinese, with the command whose help says more."""

from pathlib import Path
from shutil import copytree

import pytest

from creditgate_server.cli.main import run
from tests.difference.people import SMALL


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("", "没有给出命令(用 creditgate-server --help 查看用法)"),
        ("rules", "没有给出命令(用 creditgate-server rules --help 查看用法)"),
        ("ledger nosuch", "没有这个命令 'nosuch'(用 creditgate-server ledger --help 查看用法)"),
        ("ledger rejudge", "--receipt 和 --settlement 写一个, 并且只写一个"),
        ("ledger rejudge --receipt", "--receipt: 选项的用法有误: 缺少值或多给了值(用 --help 查看用法)"),
        (
            "ledger verify --slack -3",
            "--slack: 值不合规则: 不能小于 0(用 creditgate-server ledger verify --help 查看用法)",
        ),
        (
            "ledger replay --workers 65",
            "--workers: 值不合规则: 不能大于 64(用 creditgate-server ledger replay --help 查看用法)",
        ),
        ("serve --workers two", "--workers: 值不合规则: 应为整数(用 creditgate-server serve --help 查看用法)"),
        ("rules check rules more yet", "多余的参数 more yet(用 creditgate-server rules check --help 查看用法)"),
        ("import nofile.csv", "files: 值不合规则: 没有文件 nofile.csv(用 creditgate-server import --help 查看用法)"),
        ("import .", "files: 值不合规则: . 是目录, 不是文件(用 creditgate-server import --help 查看用法)"),
    ],
)
def test_wrong_usage_is_told_in_chinese(
    arguments: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(arguments.split()) == 2
    assert capsys.readouterr().err == f"creditgate-server: {told}\n"


def test_a_near_option_is_suggested(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ledger", "verify", "--stroe", "sqlite:///gate.db"]) == 2
    told = capsys.readouterr().err
    assert told.startswith("creditgate-server: --stroe: 没有这个选项(是否为 --store")


def test_a_command_that_ends_with_a_status_keeps_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ledger", "verify", "--store", f"sqlite:///{tmp_path}/no.db"]) == 1
    assert "没有数据库文件" in capsys.readouterr().err
    assert run(["--version"]) == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("import subjects.csv --store sqlite:///gate.db --as-of 2026-13-01", "--as-of: “2026-13-01”不是日期"),
        ("import subjects.csv --store sqlite:///gate.db --as-of 2999-01-01", "--as-of: 数据日期不能晚于今天"),
        ("import subjects.csv more.csv --store sqlite:///gate.db --rejects r.csv", "--rejects: 几个文件不能共用"),
        ("coverage reconcile subjects.csv --store sqlite:///gate.db", "store: 没有数据库文件"),
        ("ledger replay --kind outcome", "--kind: 没有 outcome, 可用 check、level、leniency"),
        ("rules diff rules rules --on 20261120", "--on: “20261120”不是日期, 请写成 2026-04-01 这样"),
        ("rules diff rules rules --json nosuch/report.json", "写不了 nosuch/report.json(No such file or directory)"),
        ("rules check rules --no-proof --no-analysis --junit nosuch/a.xml", "写不了 nosuch/a.xml(No such file"),
    ],
)
def test_what_cannot_be_used_is_told_in_a_line_and_status_2(
    arguments: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    copytree(SMALL, tmp_path / "rules")
    (tmp_path / "subjects.csv").write_text("统一社会信用代码\n", "utf-8")
    (tmp_path / "more.csv").write_text("统一社会信用代码\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert run(arguments.split()) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("creditgate-server: ") and told in line
    assert not (tmp_path / "gate.db").exists()


def test_what_was_found_is_shown_though_a_file_of_it_cannot_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["rules", "check", str(SMALL), "--no-proof", "--no-analysis", "--junit", f"{tmp_path}/no/a.xml"]) == 2
    assert "没有错误" in capsys.readouterr().out
