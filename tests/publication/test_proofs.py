"""Kept proofs, on either database: what is proved once is not proved again, and nothing else passes for proved."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from sqlalchemy import select, update

from creditgate_server.errors import RuleSetFault
from creditgate_server.publication.proofs import KeptProof, Prover, prove_once
from creditgate_server.publication.rule_sets import save_rule_set
from creditgate_server.publication.tables import ProofRow
from creditgate_server.rulebook.load import LoadedRuleSet
from creditgate_server.storage.database import Store

from .people import library

NOW = datetime(2026, 11, 30, 8, tzinfo=UTC)
_proofs = ProofRow.__table__  # type: ignore[attr-defined]


def proved(store: Store, loaded: LoadedRuleSet, now: datetime = NOW, prover: Prover | None = None):
    return prove_once(store, loaded.rule_set, now, seconds=100, prover=prover)


def change(store: Store, **values: object) -> None:
    with store.engine.begin() as connection:
        assert connection.execute(update(_proofs).values(**values)).rowcount == 1


def test_a_second_time_nothing_is_proved(store: Store):
    loaded = library("一")
    first = proved(store, loaded)
    assert not first.kept
    assert first.report.subjects > 0
    second = proved(store, loaded, NOW + timedelta(days=1))
    assert second.kept
    assert (second.report, second.proved_at) == (first.report, first.proved_at)


@pytest.mark.parametrize("other", [{"program": "0" * 64}, {"library": "0" * 64}], ids=lambda value: next(iter(value)))
def test_another_program_and_another_engine_prove_anew(store: Store, other: dict[str, str]):
    loaded = library("一")
    save_rule_set(store, loaded.rule_set, loaded.files, NOW)
    first = proved(store, loaded)
    again = proved(store, loaded, prover=replace(Prover.here(), **other))
    assert not again.kept
    assert again.beside == "", "what another proved saves nothing"
    assert again.report == first.report


def content(store: Store) -> bytes:
    with store.engine.connect() as connection:
        return bytes(connection.execute(select(_proofs.c.content)).scalar_one())


@pytest.mark.parametrize("place", [0, 40, -40, -1])
def test_a_damaged_proof_counts_for_nothing_and_is_replaced(store: Store, place: int):
    loaded = library("一")
    proved(store, loaded)
    sound = bytearray(content(store))
    sound[place] ^= 1
    change(store, content=bytes(sound))
    assert not proved(store, loaded).kept
    assert proved(store, loaded).kept, "the new proof stands in the place of the damaged one"


def test_a_damaged_seal_counts_for_nothing(store: Store):
    loaded = library("一")
    proved(store, loaded)
    change(store, seal="0" * 64)
    assert not proved(store, loaded).kept


def test_a_proof_under_anothers_key_counts_for_nothing(store: Store):
    loaded, other = library("一"), library("二")
    proved(store, loaded, prover=Prover("another", "another"))
    wanted = {"digest": other.rule_set.digest, "program": Prover.here().program, "library": Prover.here().library}
    change(store, **wanted)
    assert not proved(store, other).kept
    assert msgspec.json.decode(content(store), type=KeptProof).digest == other.rule_set.digest


def test_what_a_kept_proof_covers_is_not_proved_again(store: Store):
    first, second = library("一"), library("二")
    save_rule_set(store, first.rule_set, first.files, NOW)
    proved(store, first)
    again = proved(store, second, NOW + timedelta(seconds=1))
    assert again.beside == first.rule_set.digest
    assert again.report.subjects == 0, "only a title differs"


def test_a_proved_set_that_the_store_has_not_whole_covers_nothing(store: Store):
    proved(store, library("一"))
    again = proved(store, library("二"), NOW + timedelta(seconds=1))
    assert again.beside == ""
    assert again.report.subjects > 0


def test_a_refusal_is_not_kept(store: Store):
    loaded = library("一")
    for _ in range(2):
        with pytest.raises(RuleSetFault):
            prove_once(store, loaded.rule_set, NOW, seconds=0.001)
    with store.engine.connect() as connection:
        assert connection.execute(select(_proofs)).first() is None
