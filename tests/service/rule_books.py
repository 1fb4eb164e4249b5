"""Variants of the shipped library whose answers tell which one gave them, and persons who publish them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from creditgate_server.publication.publisher import Publisher
from creditgate_server.publication.signers import Signer, Signers, SigningKey
from creditgate_server.rulebook.load import LoadedRuleSet, read_directory
from creditgate_server.storage.database import Store, migrate, open_store
from tests.publication.people import propose

from ..shared import RULES, lay_proof

AUTHOR, REVIEWER = SigningKey.new(), SigningKey.new()
_SIGNERS = (
    Signer(name="author", public_key=AUTHOR.public),
    Signer(name="reviewer", public_key=REVIEWER.public),
)
REGISTER = Signers(_SIGNERS)

MARKED = (
    ("books/measures/commitment.yaml", "曾违背承诺且尚未修复的, 不适用告知承诺"),
    ("books/measures/general.yaml", "  - id: "),
)


def write_register(path: Path) -> Path:
    """The register as a file."""
    entries = [{"name": signer.name, "public_key": signer.public_key} for signer in _SIGNERS]
    path.write_text("signers:\n" + "".join(f"  - {json.dumps(entry)}\n" for entry in entries), "utf-8")
    return path


def variant(folder: Path, mark: str) -> Path:
    """A copy of the library in which every rule's title and every measure's instruction ends with a mark."""
    path = Path(
        shutil.copytree(
            RULES, folder / f"rules-{mark}", ignore=shutil.ignore_patterns("tests", "schema", "verification")
        )
    )
    for file in (path / "books").rglob("*.yaml"):
        lines = [_marked(line, mark) for line in file.read_text("utf-8").splitlines()]
        file.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def _marked(line: str, mark: str) -> str:
    if line.startswith("    title: "):
        return f"{line}〔{mark}〕"
    return line


def publish(store: Store, loaded: LoadedRuleSet) -> str:
    """Propose and approve; the digest, ready to be activated."""
    publisher = Publisher(store, REGISTER)
    propose(publisher, loaded, AUTHOR)
    publisher.approve(loaded.rule_set.digest, REVIEWER)
    return loaded.rule_set.digest


def published(folder: Path, *marks: str) -> dict[str, str]:
    """A store in the folder with approved variants, the first one in force; their digests by mark."""
    address = f"sqlite:///{folder}/gate.db"
    lay_proof(address)  # of the library, from which the variants differ in words alone
    store = open_store(address)
    migrate(store)
    digests = {mark: publish(store, read_directory(variant(folder, mark))) for mark in marks}
    Publisher(store, REGISTER).activate(digests[marks[0]], REVIEWER)
    store.close()
    return digests
