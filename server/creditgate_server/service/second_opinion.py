"""A share of the live decisions is judged again by the reference evaluator, in a thread of its own."""

from __future__ import annotations

import queue
import random
import threading
from collections.abc import Mapping
from typing import Any

import msgspec
import structlog

from ..decision.knowledge import Feeds, Knowledge
from ..decision.parts import Judgement
from ..decision.question import Inquiry
from ..judging.judge import Judge
from . import metrics

_log = structlog.get_logger("creditgate.second_opinion")


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """A live decision and all that it rests on."""

    question: Inquiry[Any]
    knowledge: Mapping[str, Knowledge]
    feeds: Feeds
    decision: Judgement
    judge: Judge
    """The one that decided: its rule set may have been replaced since."""
    receipt: str
    """Receipt id: by it an operator finds the case."""


class SecondOpinions:
    """Draws the share and judges it. A decision never waits for it."""

    def __init__(self, share: float, most_waiting: int) -> None:
        """`share`: 0 to 1. `most_waiting`: beyond, a drawn decision goes without."""
        self._share = share
        self._waiting: queue.Queue[Sample | None] = queue.Queue(most_waiting)
        self._draw = random.Random()  # noqa: S311 - a sample, no secret
        self._thread = threading.Thread(target=self._work, name="second-opinion", daemon=True)
        metrics.SECOND_OPINION_SHARE.set(share)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def drawn(self) -> bool:
        """Whether the next decision is in the share."""
        return self._share > 0 and self._draw.random() < self._share

    def submit(self, sample: Sample) -> None:
        """Queue a decision; left out where too many are waiting."""
        try:
            self._waiting.put_nowait(sample)
        except queue.Full:
            metrics.SECOND_OPINIONS_SKIPPED.inc()

    def close(self) -> None:
        """Judge what is waiting and end the thread."""
        self._waiting.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (sample := self._waiting.get()) is not None:
            self._judge_again(sample)

    def _judge_again(self, sample: Sample) -> None:
        metrics.SECOND_OPINIONS.inc()
        try:
            difference = sample.judge.second_opinion(sample.question, sample.knowledge, sample.feeds, sample.decision)
        except Exception as fault:  # an opinion that fails is a difference: recorded, and the thread goes on
            metrics.SECOND_OPINION_DIFFERENCES.inc()
            _log.critical("second opinion failed", receipt=sample.receipt, exc_info=fault)
            return
        if difference:
            metrics.SECOND_OPINION_DIFFERENCES.inc()
            field = difference.partition(":")[0]  # the rest quotes the subject's data
            _log.critical("second opinion differs", receipt=sample.receipt, field=field)
