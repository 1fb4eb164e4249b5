"""A batch of questions: each is judged and fails alone; all receipts are written together."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

from creditgate.limits import MOST_BATCH_SUBJECTS, MOST_QUESTIONS

from ..errors import GateError, InvalidQuestion, TooMuch
from ..ledger.receipt import Draft, Receipt
from ..ledger.writer import ReceiptWriter, Written
from .status import Abandoned, failure_of, readable


class HasDraft(Protocol):
    """A question with its decision, still without receipt."""

    @property
    def draft(self) -> Draft:
        """What is to be receipted."""
        ...


Request = TypeVar("Request")
Judged = TypeVar("Judged", bound=HasDraft)
Answer = TypeVar("Answer")


class BatchMessage(Protocol):
    """Answers and errors in the order of the questions, and what the answers say of their feeds, once."""

    @property
    def results(self) -> Any:  # noqa: ANN401
        """A result a question."""
        ...

    @property
    def feeds(self) -> Any:  # noqa: ANN401
        """Each feed once."""
        ...


Batch = TypeVar("Batch", bound=BatchMessage)
_TOO_LARGE = TooMuch("这一批的答复过大", "答复已存入回执: 请用同一 request_id 分批再问, 或把 view 设为 BASIC")


MOST_BYTES = 4_000_000
"""Of a batch's answers: every stub takes 4 MiB. What is beyond is to be asked again."""


def require_few_subjects(count: int) -> None:
    """Raises InvalidQuestion where the questions of a batch have too many subjects together."""
    if count > MOST_BATCH_SUBJECTS:
        message = f"一批问题共有 {count} 个主体"
        raise InvalidQuestion(message, f"每批最多 {MOST_BATCH_SUBJECTS} 个主体", "questions")


class BatchLimit:
    """Batches that one worker handles at the same time, whatever service they are for."""

    def __init__(self, most: int) -> None:
        self._free = threading.BoundedSemaphore(most)
        self._most = most

    @contextmanager
    def admitted(self, count: int) -> Iterator[None]:
        """Let a batch of so many questions in. Raises InvalidQuestion, and TooMuch where too many are running."""
        if not 1 <= count <= MOST_QUESTIONS:
            raise InvalidQuestion(f"一批有 {count} 个问题", f"每批 1 至 {MOST_QUESTIONS} 个", "questions")
        if not self._free.acquire(blocking=False):
            raise TooMuch(f"同时处理的批次超过 {self._most} 个", "请稍后重试")
        try:
            yield
        finally:
            self._free.release()


def answered_together(
    batch: Batch,
    requests: Sequence[Request],
    judge: Callable[[Request], Judged],
    writer: ReceiptWriter,
    packed: Callable[[Judged, Receipt], Answer],
    give_way: Callable[[], None],
) -> Batch:
    """Judge them all, write all receipts together, and add the answers to the batch, in the order of the requests.

    `give_way` lets other calls have their turn between two questions. Raises Abandoned when nobody waits any more.
    """
    judged: list[Judged | GateError] = []
    for request in requests:
        give_way()
        judged.append(_alone(judge, request))
    written = iter(writer.write_many([one.draft for one in judged if not isinstance(one, GateError)]))
    return _added(batch, [one if isinstance(one, GateError) else _packed(packed, one, next(written)) for one in judged])


def _added(batch: Batch, results: Iterable[Any]) -> Batch:
    """Add answers and errors. What the answers say of their feeds stands in the batch once, and each names its own."""
    places: dict[bytes, int] = {}
    size = 0
    for result in results:
        if isinstance(result, GateError):
            batch.results.add(failure=failure_of(result))
            continue
        size += result.ByteSize()
        if size > MOST_BYTES:
            batch.results.add(failure=failure_of(_TOO_LARGE))
            continue
        packed = batch.results.add(answer=result)
        for feed in packed.answer.feeds:
            place = places.setdefault(feed.SerializeToString(), len(places))
            if place == len(batch.feeds):
                batch.feeds.append(feed)
            packed.feeds.append(place)
        packed.answer.ClearField("feeds")
    return batch


def _alone(judge: Callable[[Request], Judged], request: Request) -> Judged | GateError:
    try:
        return judge(request)
    except Abandoned:
        raise
    except Exception as fault:  # it fails alone; readable() records what is not the caller's
        return readable(fault)


def _packed(packed: Callable[[Judged, Receipt], Answer], judged: Judged, written: Written) -> Answer | GateError:
    if isinstance(written, GateError):
        return written
    try:
        return packed(judged, written)
    except Exception as fault:  # as above
        return readable(fault)
