"""What is generated of the client: its words are those of the contract, one client is made of the other."""

import inspect
import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf import descriptor_pool

from creditgate import AsyncClient, Client, calls
from creditgate.transport import Method
from creditgate.v1 import (
    catalogue_pb2,
    credit_check_pb2,
    exemption_register_pb2,
    exemptions_pb2,
    ledger_pb2,
    leniency_pb2,
    outcomes_pb2,
    receipts_pb2,
    rule_sets_pb2,
    supervision_pb2,
)

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = (
    catalogue_pb2, credit_check_pb2, exemption_register_pb2, exemptions_pb2, ledger_pb2, leniency_pb2, outcomes_pb2,
    receipts_pb2, rule_sets_pb2,
    supervision_pb2,
)  # fmt: skip


@pytest.mark.process
def test_the_committed_plain_client_is_what_the_tool_makes(tmp_path):
    subprocess.run([sys.executable, ROOT / "tools/generate_sync.py", tmp_path / "_sync"], check=True, timeout=120)
    committed = ROOT / "client" / "creditgate" / "_sync"
    made = {path.name: path.read_text("utf-8") for path in (tmp_path / "_sync").glob("*.py")}
    assert made == {path.name: path.read_text("utf-8") for path in committed.glob("*.py")}, "run: make proto"
    assert all(text.startswith("# Generated from calls/") for text in made.values())


@pytest.mark.process
def test_the_committed_words_are_what_the_contract_says(tmp_path):
    made = tmp_path / "_contract.py"
    subprocess.run([sys.executable, ROOT / "tools/generate_values.py", made], check=True, timeout=120)
    assert made.read_text("utf-8") == (ROOT / "client/creditgate/_contract.py").read_text("utf-8"), "run: make proto"


@pytest.mark.process
def test_the_committed_titles_are_the_words_of_the_service(tmp_path):
    made = tmp_path / "_titles.py"
    subprocess.run([sys.executable, ROOT / "tools/generate_titles.py", made], check=True, timeout=120)
    assert made.read_text("utf-8") == (ROOT / "client/creditgate/_titles.py").read_text("utf-8"), "run: make proto"


def test_both_clients_have_the_same_calls_with_the_same_words():
    def named(client):
        return {
            name: list(inspect.signature(call).parameters)
            for name, call in inspect.getmembers(client, inspect.isfunction)
        }

    mapped = {"__aenter__": "__enter__", "__aexit__": "__exit__"}
    assert {mapped.get(name, name): words for name, words in named(AsyncClient).items()} == named(Client)


def test_every_method_of_the_contract_has_its_call():
    modules = [module for module in vars(calls).values() if inspect.ismodule(module)]
    methods = {one.path: one for module in modules for one in vars(module).values() if isinstance(one, Method)}
    pool = descriptor_pool.Default()
    promised = {
        f"{service.name}/{method.name}": method.output_type.full_name
        for module in CONTRACT
        for service in pool.FindFileByName(module.DESCRIPTOR.name).services_by_name.values()
        for method in service.methods
    }
    assert {path: one.answer.DESCRIPTOR.full_name for path, one in methods.items()} == promised
