"""What a receipt holds of a level."""

from __future__ import annotations

import msgspec

from ...rulebook.catalogue import Catalogue
from ..held import (
    HeldJudgement,
    HeldStanding,
    held_bytes,
    held_feeds,
    held_known,
    held_standing,
    told_feeds,
    told_standing,
)
from ..knowledge import Knowledge
from ..parts import Unsettled
from .decision import LevelDecision


class HeldLevel(HeldJudgement, frozen=True, kw_only=True):
    """A level decision without words."""

    standing: HeldStanding
    undetermined: tuple[Unsettled, ...]
    known: Knowledge


_read = msgspec.json.Decoder(HeldLevel).decode


def hold_level(decision: LevelDecision) -> bytes:
    """Canonical JSON."""
    feeds, stale = held_feeds(decision.feeds)
    return held_bytes(
        HeldLevel(
            feeds=feeds,
            stale=stale,
            rule_set=decision.rule_set,
            day=decision.day,
            standing=held_standing(decision.standing, decision.known),
            undetermined=decision.undetermined,
            known=held_known(decision.known),
        )
    )


def tell_level(decision: bytes, catalogue: Catalogue) -> LevelDecision:
    """The decision with its words. Raises msgspec.MsgspecError."""
    held = _read(decision)
    return LevelDecision(
        standing=told_standing(held.standing, 0, held.known, catalogue),
        undetermined=held.undetermined,
        feeds=told_feeds(held, catalogue),
        known=held.known,
        rule_set=held.rule_set,
        day=held.day,
    )
