"""Everyone and every stored question, judged under both rule sets, in as many processes as there are cores."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ...decision.knowledge import Feeds, Knowledge
from ...errors import SetupFault
from ...ledger.asked import AskedBefore
from ...registry.everyone import names
from ...registry.lookup import Registry
from ...rulebook.bundle import decode
from ...storage.database import Store, open_store
from ...studies.difference.comparing import Comparison, NamedSubject
from ...studies.difference.difference import Heard, new_tally, tally_questions, tally_subjects
from ...studies.difference.questions import StoredQuestion
from ...studies.difference.report import SubjectMove
from ...studies.difference.scope import DiffScope
from ...studies.difference.tally import QuestionTally, SubjectTally

CHUNK = 500
"""Subjects or questions that a process takes at once."""

FEWEST_FOR_PROCESSES = 4 * CHUNK
"""With fewer to judge, starting processes takes longer than judging."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a process needs to know before the first chunk."""

    a: bytes
    """Canonical content of the rule set."""
    b: bytes
    store: str
    """The store's address, which may hold a password."""
    day: date
    known_at: datetime
    ahead_days: int
    """Days by which the day lies after today: feeds are taken to be delivered so much further."""
    all_moves: bool
    """Whether every move is wanted, not the tally alone."""


@dataclass(frozen=True, slots=True)
class SurveyedChunk:
    """A chunk's tally, and its moves where they are wanted."""

    tally: SubjectTally | QuestionTally
    moves: tuple[SubjectMove, ...]
    count: int


Chunk = tuple[str, ...] | tuple[AskedBefore, ...]


class Surveyor:
    """Judges chunks in one process."""

    def __init__(self, job: Job, comparison: Comparison, store: Store) -> None:
        self._job = job
        self._comparison = comparison
        self._store = store
        self._registry = Registry(store)

    @classmethod
    def of(cls, job: Job) -> Surveyor:
        """With rule sets and a store of its own."""
        return cls(job, Comparison(decode(job.a), decode(job.b), job.day), open_store(job.store))

    def judge(self, chunk: Chunk) -> SurveyedChunk:
        """Tally a chunk. Raises StoreDown."""
        moves: list[SubjectMove] = []
        heard = moves.append if self._job.all_moves else None
        asked = [entry for entry in chunk if isinstance(entry, AskedBefore)]
        tally = self._questions(asked, heard) if asked else self._subjects([str(entry) for entry in chunk], heard)
        return SurveyedChunk(tally, tuple(moves), len(chunk))

    def close(self) -> None:
        """Give the store back."""
        self._store.close()

    def _subjects(self, identifiers: Sequence[str], heard: Heard | None) -> SubjectTally:
        known, feeds = self._known(identifiers)
        called = names(self._store, identifiers, self._job.known_at)
        subjects = (NamedSubject(known[identifier], called.get(identifier, "")) for identifier in identifiers)
        return tally_subjects(self._comparison, subjects, self._ahead(feeds), heard)

    def _questions(self, asked: Sequence[AskedBefore], heard: Heard | None) -> QuestionTally:
        identifiers = list(dict.fromkeys(identifier for entry in asked for identifier in entry.identifiers))
        known, feeds = self._known(identifiers)
        called = names(self._store, identifiers, self._job.known_at)
        stored = (
            StoredQuestion(
                question=entry.question,
                receipt=entry.receipt,
                times=entry.times,
                known={identifier: known[identifier] for identifier in entry.identifiers},
                name=called.get(entry.identifiers[0], ""),
            )
            for entry in asked
        )
        return tally_questions(self._comparison, stored, self._ahead(feeds), heard)

    def _known(self, identifiers: Sequence[str]) -> tuple[dict[str, Knowledge], Feeds]:
        """Both rule sets judge the same: what counts by the second's table of authority."""
        return self._registry.known(identifiers, self._job.known_at, self._comparison.scope.b.catalogue)

    def _ahead(self, feeds: Feeds) -> Feeds:
        ahead = timedelta(days=self._job.ahead_days)
        return {feed: day + ahead for feed, day in feeds.items()} if ahead else feeds


@dataclass(slots=True)
class Survey:
    """What came of everything."""

    subjects: SubjectTally
    questions: QuestionTally


def survey(
    job: Job,
    scope: DiffScope,
    identifiers: Sequence[str],
    asked: Sequence[AskedBefore],
    *,
    processes: int,
    heard: Heard | None = None,
    progress: Callable[[int], None] | None = None,
) -> Survey:
    """Judge subjects and questions. Whatever the number of processes, the result is the same.

    Raises StoreDown, and SetupFault where a process was lost.
    """
    result = Survey(new_tally(scope), QuestionTally())
    chunks: list[Chunk] = [tuple(identifiers[start : start + CHUNK]) for start in range(0, len(identifiers), CHUNK)]
    chunks += [tuple(asked[start : start + CHUNK]) for start in range(0, len(asked), CHUNK)]
    alone = processes == 1 or len(identifiers) + len(asked) < FEWEST_FOR_PROCESSES
    for done in _alone(job, chunks) if alone else _together(job, chunks, processes):
        if isinstance(done.tally, SubjectTally):
            result.subjects.merge(done.tally)
        else:
            result.questions.merge(done.tally)
        if heard is not None:
            for move in done.moves:
                heard(move)
        if progress is not None:
            progress(done.count)
    return result


def _alone(job: Job, chunks: Iterable[Chunk]) -> Iterator[SurveyedChunk]:
    surveyor = Surveyor.of(job)
    try:
        for chunk in chunks:
            yield surveyor.judge(chunk)
    finally:
        surveyor.close()


def _together(job: Job, chunks: Iterable[Chunk], processes: int) -> Iterator[SurveyedChunk]:
    """In the order of the chunks, so that examples and rows are the same as in one process."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_begin, initargs=(job,)) as pool:
        try:
            yield from pool.map(_judge, chunks)
        except BrokenProcessPool as fault:
            raise SetupFault("一个比对进程意外结束", "检查内存, 或用 --processes 1 再试", "processes") from fault


class _Here:
    """The surveyor of a process, set when it begins."""

    surveyor: Surveyor | None = None


def _begin(job: Job) -> None:
    _Here.surveyor = Surveyor.of(job)


def _judge(chunk: Chunk) -> SurveyedChunk:
    if _Here.surveyor is None:
        raise RuntimeError("the process was not begun")
    return _Here.surveyor.judge(chunk)
