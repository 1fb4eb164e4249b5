"""Persons with keys, and small libraries that differ by one title."""

from __future__ import annotations

from pathlib import Path

from creditgate_server.publication.acts import ActKind, StoredAct
from creditgate_server.publication.publisher import Deed, Publisher
from creditgate_server.publication.signers import Signer, Signers, SigningKey
from creditgate_server.rulebook.load import LoadedRuleSet, read_texts

BASE = {file.name: file.read_bytes() for file in sorted((Path(__file__).parents[1] / "rulebooks" / "base").glob("*"))}

WANG, LI, ZHANG = SigningKey.new(), SigningKey.new(), SigningKey.new()
STRANGER = SigningKey.new()
REGISTER = Signers(
    (
        Signer(name="wang", title="信用科", public_key=WANG.public),
        Signer(name="li", title="法制科", public_key=LI.public),
        Signer(name="zhang", title="值班", public_key=ZHANG.public, may=("activate",)),
    )
)


def library(title: str) -> LoadedRuleSet:
    """The small library with another title of one rule: another digest."""
    files = dict(BASE)
    name = "rules-measures.yaml"
    files[name] = files[name].replace("守信主体绿色通道".encode(), f"守信主体绿色通道({title})".encode())
    assert files[name] != BASE[name]
    return read_texts(files)


def propose(
    publisher: Publisher, loaded: LoadedRuleSet, key: SigningKey, *, note: str = "", report: bytes = b""
) -> StoredAct:
    """Propose what needs no proof here: a service proves what it is to serve."""
    deed = Deed(ActKind.PROPOSED, loaded.rule_set.digest, note=note, report=report)
    return publisher.propose(lambda: loaded, publisher.own(deed, key), lambda _: None, report=report)
