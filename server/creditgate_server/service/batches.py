"""A batch of questions: each is judged and fails alone; all receipts are written together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

from creditgate.v1 import credit_check_pb2, leniency_pb2

from ..errors import GateError, InvalidQuestion, TooMuch
from ..ledger.receipt import Draft, Receipt
from ..ledger.writer import ReceiptWriter, Written
from .status import question_error, readable

MOST_QUESTIONS = 1000
"""Questions in one batch."""
QUESTIONS_A_TURN = 16
"""Questions of a batch that are judged before other calls have their turn."""


class HasDraft(Protocol):
    """A question with its decision, still without receipt."""

    @property
    def draft(self) -> Draft:
        """What is to be receipted."""
        ...


Request = TypeVar("Request")
Judged = TypeVar("Judged", bound=HasDraft)
Answer = TypeVar("Answer")
Batch = TypeVar("Batch", credit_check_pb2.BatchCheckResponse, leniency_pb2.BatchEvaluateResponse)


class BatchLimit:
    """Batches that one worker handles at the same time, whatever service they are for."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._running = 0

    @contextmanager
    def admitted(self, count: int) -> Iterator[None]:
        """Let a batch of so many questions in. Raises InvalidQuestion, and TooMuch where too many are running."""
        if not 1 <= count <= MOST_QUESTIONS:
            raise InvalidQuestion(f"一批有 {count} 个问题", f"每批 1 至 {MOST_QUESTIONS} 个", "questions")
        if self._running >= self._most:
            raise TooMuch(f"同时处理的批次超过 {self._most} 个", "请稍后重试")
        self._running += 1
        try:
            yield
        finally:
            self._running -= 1


async def answered_together(
    requests: Sequence[Request],
    judge: Callable[[Request], Awaitable[Judged]],
    writer: ReceiptWriter,
    packed: Callable[[Judged, Receipt], Awaitable[Answer]],
) -> list[Answer | GateError]:
    """Judge them all, write all receipts together, and pack the answers, in the order of the requests."""
    judged: list[Judged | GateError] = []
    for number, request in enumerate(requests, start=1):
        judged.append(await _alone(judge, request))
        if number % QUESTIONS_A_TURN == 0:
            await asyncio.sleep(0)
    drafts = [one.draft for one in judged if not isinstance(one, GateError)]
    written = iter(await writer.write_many(drafts))
    answers: list[Answer | GateError] = []
    for number, one in enumerate(judged, start=1):
        answers.append(one if isinstance(one, GateError) else await _packed(packed, one, next(written)))
        if number % QUESTIONS_A_TURN == 0:
            await asyncio.sleep(0)
    return answers


def pack_batch(batch: Batch, results: Iterable[Any]) -> Batch:
    """Add answers and errors. What the answers say of their feeds stands in the batch once, and each names its own."""
    places: dict[bytes, int] = {}
    for result in results:
        if isinstance(result, GateError):
            batch.results.add(error=question_error(result))
            continue
        packed = batch.results.add(answer=result)
        for feed in packed.answer.feeds:
            place = places.setdefault(feed.SerializeToString(), len(places))
            if place == len(batch.feeds):
                batch.feeds.append(feed)
            packed.feeds.append(place)
        packed.answer.ClearField("feeds")
    return batch


async def _alone(judge: Callable[[Request], Awaitable[Judged]], request: Request) -> Judged | GateError:
    try:
        return await judge(request)
    except Exception as fault:  # it fails alone; readable() records what is not the caller's
        return readable(fault)


async def _packed(
    packed: Callable[[Judged, Receipt], Awaitable[Answer]], judged: Judged, written: Written
) -> Answer | GateError:
    if isinstance(written, GateError):
        return written
    try:
        return await packed(judged, written)
    except Exception as fault:  # as above
        return readable(fault)
