"""The decision of a level question (分级分类监管)."""

from __future__ import annotations

from ...rulebook.language import Role
from ..judged import Profile, standing
from ..parts import FeedUsed
from ..unsettled import merged
from .decision import LevelDecision


def decide_level(profile: Profile, feeds: tuple[FeedUsed, ...], rule_set: str) -> LevelDecision:
    """Grade and level of a subject, with what they wait for where they are open."""
    return LevelDecision(
        standing=standing(profile, 0, Role.APPLICANT),
        undetermined=merged(profile.waiting(0)),
        feeds=feeds,
        known=profile.dossier.knowledge,
        rule_set=rule_set,
        day=profile.dossier.day,
    )
