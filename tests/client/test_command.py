"""The command `creditgate` as its users run it: a process, its two streams and its exit status."""

import json
import os
import subprocess
import sys

import grpc
import pytest
from typer.main import get_command

from creditgate.cli.main import app

from ..commands import client_command, refusal
from .services import USCC, Refusal, an_answer

QUESTION = ["--organ", "o", "--item", "i", "--subject", USCC]


def run(*arguments, **environment):
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("CREDITGATE_", "COLUMNS"))}
    return subprocess.run(
        [sys.executable, "-c", "from creditgate.cli import main; main()", *arguments],
        capture_output=True,
        env=clean | {"PYTHONIOENCODING": "utf-8"} | environment,
        timeout=120,
        encoding="utf-8",
    )


def test_json_is_one_object(target):
    done = run("check", *QUESTION, "--json", "--target", target)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == 1
    assert json.loads(done.stdout)["receipt"]["receipt_id"] == "r-1"


def test_people_read_chinese_without_colour_in_a_file(target):
    done = run("check", *QUESTION, CREDITGATE_TARGET=target)
    assert done.returncode == 0
    assert "适用惩戒措施" in done.stdout and "\x1b" not in done.stdout


def test_a_plain_locale_does_not_matter(target):
    done = run(
        "check", *QUESTION, "--json", "--target", target, LC_ALL="POSIX", PYTHONIOENCODING="ascii", PYTHONUTF8="0"
    )
    assert json.loads(done.stdout)["summary"] == "适用惩戒措施"
    assert run("check", *QUESTION, "--target", target, LC_ALL="POSIX", PYTHONIOENCODING="ascii").returncode == 0


def test_every_option_reaches_the_service(service, target):
    done = client_command(
        "check",
        *QUESTION,
        "--subject",
        "legal_representative:person:123",
        "--fact",
        "amount=66.50",
        "--fact",
        "a = b=c",
        "--case",
        "C-7",
        "--stage",
        "decision",
        "--purpose",
        "核查",
        "--as-of",
        "2026-04-01",
        "--known-at",
        "2026-04-01T00:00:00Z",
        "--request-id",
        "R-1",
        "--explain",
        "--target",
        target,
        CREDITGATE_KEY="k",
    )
    assert done.returncode == 0, done.stderr
    request = service.asked[0]
    asked = request.question
    assert (asked.case_number, asked.stage, asked.purpose, asked.as_of) == ("C-7", 3, "核查", "2026-04-01")
    assert (asked.known_at.ToJsonString(), request.request_id, request.explain) == ("2026-04-01T00:00:00Z", "R-1", True)
    assert [(fact.name, fact.value.written) for fact in asked.facts] == [("amount", "66.50"), ("a", "b=c")]
    assert (asked.subjects[1].citizen_id, asked.subjects[1].role) == ("123", 2)
    assert service.metadata[0]["authorization"] == "Bearer k"


def test_asking_twice_with_one_request_id_is_the_same_question(service, target):
    for _ in range(2):
        assert client_command("check", *QUESTION, "--request-id", "R-1", "--target", target).returncode == 0
    assert service.asked[0] == service.asked[1]
    assert service.asked[0].question.case_number == "CLI-R1"


def test_an_empty_subject_reaches_the_service_as_a_wrong_question(service, target):
    service.next = [
        Refusal(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_QUESTION", "应为 18 位", "subjects[0].uscc", "请查对")
    ]
    told = refusal(
        client_command("check", "--organ", "o", "--item", "i", "--subject", "", "--json", "--target", target), 2
    )
    assert service.asked[0].question.subjects[0].uscc == ""
    assert "subjects[0].uscc" in told and "应为 18 位" in told and "请查对" in told


@pytest.mark.parametrize("text", ["a\x1b[2J\nb", "\udcff"])
def test_any_text_is_a_typed_error(service, target, text):
    service.next = [Refusal(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_QUESTION", f"没有 {text!r}", "item")]
    told = refusal(run("check", "--organ", "o", "--item", text, "--subject", USCC, "--target", target), 2)
    assert "\x1b" not in told


def test_no_service_is_status_3_and_tells_how_to_ask_again(nowhere):
    told = refusal(run("check", *QUESTION, "--target", nowhere, "--timeout", "0.3", "--request-id", "R-9"), 3)
    assert "--request-id R-9" in told
    refusal(run("receipt", "r-1", "--target", nowhere, "--timeout", "0.3"), 3)
    refusal(run("level", "--organ", "o", "--subject", USCC, "--target", nowhere, "--timeout", "0.3"), 3)


def test_a_fault_of_the_service_is_status_1(service, target):
    service.next = [Refusal(grpc.StatusCode.INTERNAL, "INTERNAL_FAULT", "事件 12", hint="告知运维")]
    assert "事件 12" in refusal(run("check", *QUESTION, "--target", target), 1)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "没有给出命令"),
        (["ask"], "没有这个命令"),
        (["check"], "--organ"),
        (["check", "--organ"], "--organ"),
        (["check", "--organ", "o", "--item", "i"], "--subject"),
        (["check", *QUESTION, "--subjekt", "x"], "--subjekt"),
        (["check", *QUESTION, "extra"], "多余的参数"),
        (["check", *QUESTION, "--subject", "boss:x"], "角色"),
        (["check", *QUESTION, "--fact", "alone"], "alone"),
        (["check", *QUESTION, "--fact", "a=1", "--fact", "a=2"], "两次"),
        (["check", *QUESTION, "--stage", "later"], "环节"),
        (["check", *QUESTION, "--timeout", "0"], "timeout"),
        (["check", *QUESTION, "--timeout", "nan"], "timeout"),
        (["check", *QUESTION, "--target", ""], "HOST:PORT"),
        (["check", *QUESTION, "--ca", "no-such-file"], "no-such-file"),
        (["check", *QUESTION, "--key-file", "no-such-file"], "no-such-file"),
        (["receipt"], "回执编号"),
        (["outcomes"], "没有给出命令"),
        (["outcomes", "report", "--nosuch"], "creditgate outcomes report --help"),
        (["batch", "no-such-file"], "no-such-file"),
    ],
)
def test_wrong_usage_is_status_2(arguments, told):
    assert told in refusal(client_command(*arguments), 2)


def test_a_key_is_not_sent_in_the_clear(tmp_path):
    (tmp_path / "key").write_text("secret\n")
    told = refusal(client_command("check", *QUESTION, "--target", "10.0.0.1:1", "--key-file", str(tmp_path / "key")), 2)
    assert "明文" in told and "secret" not in told


def test_receipt_and_level(target):
    assert (
        json.loads(client_command("receipt", "r-5", "--json", "--target", target).stdout)["summary"]["receipt_id"]
        == "r-5"
    )
    assert "第 1 号" in client_command("receipt", "r-5", "--target", target).stdout
    level = ["level", "--organ", "o", "--subject", USCC, "--target", target]
    assert json.loads(client_command(*level, "--json").stdout)["level"] == "key"
    assert "每月一次" in client_command(*level).stdout


JSON_LINES = [
    b'{"organ":"o","item":"i","subjects":["%s"],"facts":{"a":true,"b":3,"c":66.50,"d":"x"},"case_number":"one"}'
    % USCC.encode(),
    b"{broken",
    b'{"organ":"wrong","item":"i","subjects":"%s"}' % USCC.encode(),
    b'{"organ":"o","item":"i","subject":[]}',
    b'{"organ":"o","organ":"p"}',
    b'{"organ":"\xff","item":"i","subjects":["x"]}',
    b'{"organ":1}',
    b'{"organ":"o","facts":{"a":NaN}}',
    b'{"organ":"o","facts":{"a":[1]}}',
    b"[" * 100_000,
    b"",
    b'{"organ":"o","item":"i","subjects":["%s"],"case_number":"last"}' % USCC.encode(),
]


def test_in_a_batch_a_bad_line_fails_alone_with_its_number(service, target, tmp_path):
    service.answer = lambda request: an_answer(summary=request.question.case_number)
    file = tmp_path / "questions.jsonl"
    file.write_bytes(b"\n".join(JSON_LINES))
    done = run("batch", str(file), "--json", "--target", target)
    assert done.returncode == 2
    answers = {entry["line"]: entry for entry in map(json.loads, done.stdout.splitlines())}
    assert sorted(answers) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12]
    assert (answers[1]["summary"], answers[12]["summary"]) == ("one", "last")
    assert all("error" in answers[number] for number in range(2, 11))
    assert answers[3]["error"]["field"] == "organ" and answers[4]["error"]["field"] == "subject"
    assert [fact.value.written for fact in service.asked[0].questions[0].question.facts] == ["true", "3", "66.50", "x"]
    assert "第 6 行" in done.stderr and "Traceback" not in done.stderr


def test_a_batch_from_a_sheet(service, target, tmp_path):
    file = tmp_path / "questions.CSV"
    rows = [f"o,i,{USCC};agent:{USCC},a=1;b=x,2026-04-01", f'o,"i",{USCC},,', "o,i", f"o,i,{USCC},,"]
    file.write_text("\ufefforgan,item,subjects,facts,fact.day\n" + "\n".join(rows), encoding="utf-8")
    done = client_command("batch", str(file), "--json", "--target", target)
    assert done.returncode == 2
    assert [("error" in entry, entry["line"]) for entry in map(json.loads, done.stdout.splitlines())] == [
        (False, 2),
        (False, 3),
        (True, 4),
        (False, 5),
    ]
    first = service.asked[0].questions[0].question
    assert [fact.value.written for fact in first.facts] == ["1", "x", "2026-04-01"]
    assert (len(first.subjects), first.subjects[1].role) == (2, 6)


def test_a_sheet_with_unknown_columns_is_refused(target, tmp_path):
    file = tmp_path / "questions.csv"
    file.write_text("organ,thing\no,i\n")
    assert "thing" in refusal(client_command("batch", str(file), "--target", target), 2)


def test_a_batch_without_faults_is_status_0_and_a_table(target, tmp_path):
    file = tmp_path / "questions.jsonl"
    file.write_bytes(JSON_LINES[0] + b"\n" + JSON_LINES[-1])
    done = client_command("batch", str(file), "--target", target)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("从严审查") == 2 and "\x1b" not in done.stdout


def test_a_batch_without_service_is_status_3(nowhere, tmp_path):
    file = tmp_path / "questions.jsonl"
    file.write_bytes(JSON_LINES[0])
    refusal(client_command("batch", str(file), "--json", "--target", nowhere, "--timeout", "0.3"), 3)


def test_a_batch_that_loses_the_service_keeps_what_was_answered(service, target, tmp_path):
    def lost(request):
        raise AssertionError

    def first_part_only(request):
        if len(service.asked) > 1:
            return lost(request)
        return an_answer()

    service.answer = first_part_only
    file = tmp_path / "questions.jsonl"
    file.write_bytes(b"\n".join([JSON_LINES[-1]] * 201))
    done = run("batch", str(file), "--json", "--target", target)
    entries = [json.loads(line) for line in done.stdout.splitlines()]
    assert [("error" in entry) for entry in entries] == [False] * 200 + [True]
    assert done.returncode == 1


def test_a_reader_that_leaves_early_is_no_fault(target):
    with subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from creditgate.cli import main; main()",
            "check",
            *QUESTION,
            "--json",
            "--target",
            target,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()


def test_version_and_help():
    assert run("--version").stdout.startswith("creditgate ")
    done = run("check", "--help")
    assert done.returncode == 0 and "--subject" in done.stdout


def commands(group, path=()):
    """Each command with the words that call it."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


def test_every_command_that_asks_the_service_has_the_same_options():
    shared = ["--target", "--timeout", "--key-file", "--ca", "--tls"]
    found = {name: [one.opts[0] for one in command.params] for name, command in commands(get_command(app))}
    assert len(found) == 29
    for name, options in found.items():
        assert options[-5:] == shared or name == "receipt verify", name
        assert ("--json" in options) != (name in ("receipt page", "receipt export")), name
