"""An exported receipt is verified by the client alone, and no byte of it can be changed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from hypothesis import given
from hypothesis import strategies as st

from creditgate.proofs import CantVerify, verify_proof
from creditgate_server.errors import UnknownThing, WrongState
from creditgate_server.ledger.proofs import proof_of
from creditgate_server.ledger.sealing.keys import LedgerKey
from creditgate_server.storage.database import open_store

from .filled import KEY, keeper
from .tampering import Ledger


def pem(key: LedgerKey, folder: Path) -> bytes:
    path = folder / "ledger.pem"
    public = key.save(path).read_bytes()
    path.unlink()
    (folder / "ledger.pub.pem").unlink()
    return public


@dataclass(frozen=True)
class Proof:
    """A good one."""

    content: bytes
    key: bytes


@pytest.fixture(scope="module")
def proof(sqlite_ledger: Ledger, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proof]:
    store = open_store(str(sqlite_ledger.store.url))
    yield Proof(proof_of(store, sqlite_ledger.receipts[300].id), pem(KEY, tmp_path_factory.mktemp("keys")))
    store.close()


@pytest.mark.parametrize("index", [0, 29, 255, 256, 300, 511, 512, 629])
def test_an_exported_receipt_is_verified(ledger: Ledger, index: int, tmp_path: Path) -> None:
    one = ledger.receipts[index]
    content = proof_of(ledger.store, one.id)
    result = verify_proof(content, pem(KEY, tmp_path))
    assert result.passed, result.steps
    assert [step.title for step in result.steps] == ["文件格式", "内容与承诺", "账本树中的位置", "检查点签名"]
    assert result.receipt == one.id
    plain = json.loads(content)
    assert plain["leaf_index"] == index
    assert json.loads(one.payload) == plain["receipt"]["payload"]


def test_an_erased_receipt_is_verified_and_said_to_be_erased(ledger: Ledger, tmp_path: Path) -> None:
    result = verify_proof(proof_of(ledger.store, ledger.erased.id), pem(KEY, tmp_path))
    assert result.passed
    assert "依法删除" in result.steps[1].why


def test_a_receipt_of_format_2_is_verified(ledger: Ledger, tmp_path: Path) -> None:
    content = proof_of(ledger.store, ledger.old[2].id)
    assert verify_proof(content, pem(KEY, tmp_path)).passed
    changed = content.replace(b'"decision":{"outcome":"clear"}', b'"decision":{"outcome":"clean"}', 1)
    assert not verify_proof(changed, pem(KEY, tmp_path)).passed


def test_after_a_hand_over_the_new_key_verifies(ledger: Ledger, tmp_path: Path) -> None:
    new = LedgerKey.new()
    keeper(ledger.store, ledger.clock).hand_over(KEY, new)
    content = proof_of(ledger.store, ledger.receipts[3].id)
    assert verify_proof(content, pem(new, tmp_path)).passed
    assert not verify_proof(content, pem(KEY, tmp_path)).passed


def test_a_receipt_that_no_checkpoint_covers_has_no_proof(ledger: Ledger) -> None:
    with pytest.raises(WrongState, match="还没有检查点"):
        proof_of(ledger.store, ledger.unsealed[0].id)
    with pytest.raises(UnknownThing):
        proof_of(ledger.store, "r-none")


def test_every_bit_of_the_file_matters(proof: Proof) -> None:
    """Every position, one bit each, another bit from position to position."""
    assert verify_proof(proof.content, proof.key).passed
    for place in range(len(proof.content)):
        changed = bytearray(proof.content)
        changed[place] ^= 1 << (place % 8)
        assert not verify_proof(bytes(changed), proof.key).passed, (place, bytes(changed)[place - 20 : place + 20])


@given(st.data())
def test_no_byte_can_be_another(proof: Proof, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(proof.content) - 1))
    value = data.draw(st.integers(0, 255).filter(lambda byte: byte != proof.content[place]))
    changed = bytearray(proof.content)
    changed[place] = value
    assert not verify_proof(bytes(changed), proof.key).passed


@given(st.data())
def test_nothing_can_be_cut_out_or_put_in(proof: Proof, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(proof.content) - 1))
    end = data.draw(st.integers(start, min(start + 40, len(proof.content))))
    changed = proof.content[:start] + data.draw(st.binary(max_size=5)) + proof.content[end:]
    if changed != proof.content:
        assert not verify_proof(changed, proof.key).passed


@given(st.binary(max_size=200))
def test_any_file_is_answered(proof: Proof, content: bytes) -> None:
    assert not verify_proof(content, proof.key).passed


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "NaN", "1e999", "{}", '{"a":1,"a":1}', '"\\ud800"', "[1.5]", "9" * 5_000]
)
def test_any_json_is_answered(proof: Proof, text: str) -> None:
    assert not verify_proof(text.encode(), proof.key).passed


def test_another_key_does_not_verify(proof: Proof, tmp_path: Path) -> None:
    result = verify_proof(proof.content, pem(LedgerKey.new(), tmp_path))
    assert [step.passed for step in result.steps] == [True, True, True, False]


def test_what_is_no_key_is_told(proof: Proof) -> None:
    with pytest.raises(CantVerify, match="PEM"):
        verify_proof(proof.content, b"nothing")


@pytest.mark.process
def test_the_public_key_is_the_private_ones(tmp_path: Path) -> None:
    key = LedgerKey.new()
    public = load_pem_public_key(pem(key, tmp_path))
    raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    assert LedgerKey.new().public != key.public
    import base64

    assert base64.b64encode(raw).decode() == key.public


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    program = "from creditgate.cli import main; main()"
    return subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False)


@pytest.mark.process
def test_the_command_says_each_step(proof: Proof, tmp_path: Path) -> None:
    (tmp_path / "proof.json").write_bytes(proof.content)
    (tmp_path / "key.pem").write_bytes(proof.key)
    arguments = ["receipt", "verify", str(tmp_path / "proof.json"), "--key", str(tmp_path / "key.pem")]
    done = command(*arguments)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("通过") == 5
    (tmp_path / "proof.json").write_bytes(proof.content.replace(b'"market"', b'"markee"', 1))
    done = command(*arguments)
    assert done.returncode == 1
    assert "不通过" in done.stdout
    told = json.loads(command(*arguments, "--json").stdout)
    assert not told["passed"]


@pytest.mark.process
@pytest.mark.parametrize("key", [b"", b"nothing", b"-----BEGIN PRIVATE KEY-----\n"])
def test_a_key_that_is_none_says_nothing_of_the_receipt(proof: Proof, tmp_path: Path, key: bytes) -> None:
    (tmp_path / "proof.json").write_bytes(proof.content)
    (tmp_path / "key.pem").write_bytes(key)
    done = command("receipt", "verify", str(tmp_path / "proof.json"), "--key", str(tmp_path / "key.pem"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "key: 公钥文件不是 PEM 公钥" in done.stderr


@pytest.mark.process
def test_without_the_library_it_is_told_what_to_install(proof: Proof, tmp_path: Path) -> None:
    (tmp_path / "proof.json").write_bytes(proof.content)
    (tmp_path / "key.pem").write_bytes(proof.key)
    program = "import sys; sys.modules['cryptography'] = None; from creditgate.cli import main; main()"
    arguments = ["receipt", "verify", str(tmp_path / "proof.json"), "--key", str(tmp_path / "key.pem")]
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "creditgate[verify]" in done.stderr
    assert "Traceback" not in done.stderr
