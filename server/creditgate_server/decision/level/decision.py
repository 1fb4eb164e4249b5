"""The answer to a level question: a value that the receipt stores and the answer shows."""

from __future__ import annotations

from ..knowledge import Knowledge
from ..parts import Judgement, Standing, Unsettled


class LevelDecision(Judgement, frozen=True, kw_only=True):
    """The answer to a level question."""

    standing: Standing
    undetermined: tuple[Unsettled, ...]
    known: Knowledge
