"""The decision of a level question (分级分类监管)."""

from __future__ import annotations

from collections.abc import Mapping

from ...rulebook.language import Role
from ..books import Books
from ..judged import Profile, standing
from ..knowledge import Feeds, Knowledge
from ..unsettled import merged
from .decision import LevelDecision
from .question import LevelQuestion


def judge_level(
    books: Books, question: LevelQuestion, knowledge: Mapping[str, Knowledge], feeds: Feeds
) -> LevelDecision:
    """Grade and level of a subject, with what they wait for where they are open."""
    profile = books.profile(knowledge[question.subject.identifier], feeds, question.day, question.organ)
    return decided_level(books, profile)


def decided_level(books: Books, profile: Profile) -> LevelDecision:
    """The decision on a subject whose grade and level were judged."""
    dossier = profile.dossier
    return LevelDecision(
        standing=standing(profile, 0, Role.APPLICANT),
        undetermined=merged(profile.waiting(0)),
        feeds=books.feeds_used(dossier, (profile.grade_book, profile.level_book)),
        known=dossier.knowledge,
        rule_set=books.rule_set.digest,
        day=dossier.day,
    )
