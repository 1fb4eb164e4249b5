"""Proofs that are kept: a rule set that this program proved on this build of the engine is not proved again.

A kept proof is bound to the digests of rule set, program and engine library, in its key and in its sealed content. One
that is damaged, or stands under another's key, counts as not there. It saves time and protects nothing: who may write
to the store may write a proof, too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import RowMapping, select
from sqlalchemy.exc import IntegrityError

from ..clock import rfc3339
from ..engine.fingerprint import library, program
from ..errors import StoreFault
from ..judging.prove import ProofReport, prove_in_child
from ..rulebook.bundle import RuleSet
from ..storage.database import Store, read, store_down
from .rule_sets import load_rule_set
from .tables import ProofRow

_proofs = ProofRow.__table__  # type: ignore[attr-defined]

MOST_CANDIDATES = 8
"""Kept proofs that are tried, the last first, for a rule set of which most rules are proved."""


@dataclass(frozen=True, slots=True)
class Prover:
    """What a proof depends on besides the rule set."""

    program: str
    """Digest of the program's files."""
    library: str
    """Digest of the engine's library."""

    @classmethod
    def here(cls) -> Prover:
        """The running program on its engine."""
        return cls(program(), library())


class KeptProof(msgspec.Struct, frozen=True, kw_only=True):
    """A proof as it is kept."""

    digest: str
    program: str
    library: str
    proved_at: str
    report: ProofReport

    @property
    def content(self) -> bytes:
        """Canonical JSON."""
        return msgspec.json.encode(self, order="sorted")


@dataclass(frozen=True, slots=True)
class Proof:
    """What stands behind a rule set."""

    report: ProofReport
    proved_at: str
    beside: str = ""
    """Digest of the rule set whose rules were not proved again; empty where all were."""
    kept: bool = False
    """From an earlier time; nothing was proved now."""

    def told(self) -> dict[str, object]:
        """For a log line."""
        counts = {"rules": self.report.rules, "plans": self.report.plans, "compared": self.report.compared}
        return {**counts, "proved_at": self.proved_at, "beside": self.beside, "kept": self.kept}


def prove_once(
    store: Store, rule_set: RuleSet, now: datetime, *, seconds: float, prover: Prover | None = None
) -> Proof:
    """The proof of a rule set: the kept one, or else a new one of what no kept one covers, which is kept.

    `prover`: the running one if None. Raises RuleSetFault as `prove_in_child` does, StoreDown.
    """
    prover = prover or Prover.here()
    for kept in _kept(store, prover, rule_set.digest):
        return Proof(kept.report, kept.proved_at, kept=True)
    proved = _last_proved(store, prover)
    report = prove_in_child(rule_set, proved=proved, seconds=seconds)
    _keep(store, prover, rule_set.digest, report, rfc3339(now))
    return Proof(report, rfc3339(now), proved.digest if proved is not None else "")


def _last_proved(store: Store, prover: Prover) -> RuleSet | None:
    """The rule set proved last of those that the store has whole."""
    for kept in _kept(store, prover):
        try:
            rule_set = load_rule_set(store, kept.digest)
        except StoreFault:
            continue
        if rule_set is not None:
            return rule_set
    return None


def _kept(store: Store, prover: Prover, digest: str | None = None) -> Iterator[KeptProof]:
    """Sound proofs by a prover, the last first."""
    statement = (
        select(_proofs)
        .where(_proofs.c.program == prover.program, _proofs.c.library == prover.library)
        .order_by(_proofs.c.proved_at.desc(), _proofs.c.digest)
        .limit(MOST_CANDIDATES)
    )
    if digest is not None:
        statement = statement.where(_proofs.c.digest == digest)
    yield from filter(None, (_sound(row._mapping) for row in read(store, statement)))


def _sound(row: RowMapping) -> KeptProof | None:
    content = bytes(row["content"])
    if hashlib.sha256(content).hexdigest() != row["seal"]:
        return None
    try:
        kept = msgspec.json.decode(content, type=KeptProof)
    except msgspec.MsgspecError:
        return None
    named = (kept.digest, kept.program, kept.library, kept.proved_at)
    return kept if named == (row["digest"], row["program"], row["library"], row["proved_at"]) else None


def _keep(store: Store, prover: Prover, digest: str, report: ProofReport, proved_at: str) -> None:
    kept = KeptProof(digest=digest, program=prover.program, library=prover.library, proved_at=proved_at, report=report)
    key = {"digest": digest, "program": prover.program, "library": prover.library}
    row = {**key, "proved_at": proved_at, "content": kept.content, "seal": hashlib.sha256(kept.content).hexdigest()}
    same = [_proofs.c[name] == value for name, value in key.items()]
    another = suppress(IntegrityError)  # a process that proved it at the same time
    with store_down("证明未能存入数据库", "检查数据库是否可写"), another, store.engine.begin() as connection:
        connection.execute(_proofs.delete().where(*same))  # a damaged one
        connection.execute(_proofs.insert(), row)
