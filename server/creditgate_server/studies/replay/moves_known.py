"""What is known of subjects otherwise than when they were judged, in Chinese words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import UNSET

from ...codes import shown_identifier
from ...decision.knowledge import Knowledge, Rating, Record, Related
from ...decision.moves import NONE, Move
from ...decision.parts import FeedUsed
from ...decision.record_words import penalty_details, relation_days
from ...rulebook.catalogue import Catalogue
from ...rulebook.language import Value
from ...rulebook.titles import RECORD_STATES, RELATIONS


def moved_knowledge(
    now: Catalogue,
    then: Catalogue,
    pairs: Sequence[tuple[Knowledge, Knowledge]],
    feeds_then: Sequence[FeedUsed],
    feeds_now: Sequence[FeedUsed],
) -> tuple[Move, ...]:
    """Each subject's knowledge of then and of now, and the feeds behind the two answers."""
    words = _Words(now, then)
    moves: list[Move] = []
    for before, after in pairs:
        moves += words.subject(before, after)
    moves += _feeds(feeds_then, feeds_now)
    return tuple(moves)


class _Words:
    """Words for records and ratings: titles of today's catalogue, or of the one of then."""

    def __init__(self, now: Catalogue, then: Catalogue) -> None:
        self._catalogues = (now, then)
        self._both = Catalogue(items={**then.items, **now.items})

    def subject(self, before: Knowledge, after: Knowledge) -> Iterator[Move]:
        """What is otherwise of one subject."""
        who = shown_identifier(before.identifier)
        if before.present != after.present:
            present = {True: "有登记", False: "没有登记"}
            yield Move(what="主体", subject=who, then=present[before.present], now=present[after.present])
        yield from self._compare(
            "登记信息", who, self._attributes(before.attributes), self._attributes(after.attributes)
        )
        yield from self._compare(
            "信用记录",
            who,
            {_name(one): self.record(one) for one in before.records},
            {_name(one): self.record(one) for one in after.records},
        )
        yield from self._compare(
            "行业评价",
            who,
            {(one.ladder, one.decided_on): self.rating(one) for one in before.ratings},
            {(one.ladder, one.decided_on): self.rating(one) for one in after.ratings},
        )
        yield from self._compare("关联关系", who, self._relations(before), self._relations(after))
        yield from self._compare("来源不一致", who, self._disputed(before), self._disputed(after))
        then = {_relation(one): one.knowledge for one in before.relations}
        for one in after.relations:
            if (earlier := then.get(_relation(one))) is not None:
                yield from self.subject(earlier, one.knowledge)

    def record(self, record: Record) -> str:
        """A record in words, with everything that rules may look at."""
        title = self._title("lists", record.list) if record.list else self._title("record_kinds", record.kind)
        parts = [f"{title} {record.document_number}", f"{record.decided_on.isoformat()} 作出"]
        if record.effective_from != record.decided_on:
            parts.append(f"自 {record.effective_from.isoformat()}")
        if record.until is not None:
            parts.append(f"至 {record.until.isoformat()}")
        if record.severity:
            parts.append(f"程度 {record.severity}")
        if record.amount_fen:
            parts.append(f"{record.amount_fen // 100}.{record.amount_fen % 100:02d} 元")
        parts += penalty_details(record, self._both)
        if record.violation:
            parts.append(f"违法行为 {record.violation}")
        state = RECORD_STATES.get(record.state, record.state)
        parts.append(f"{state}({record.state_on.isoformat()})" if record.state_on else state)
        if record.versions is not UNSET:
            parts += [f"另一来源({one.source})所载: {self.record(one)}" for one in record.versions]
        return ", ".join(parts)

    def rating(self, rating: Rating) -> str:
        """A rating in words."""
        until = f", 至 {rating.until.isoformat()}" if rating.until else ""
        return f"{self._title('ladders', rating.ladder)} {rating.rating}({rating.decided_on.isoformat()}{until})"

    @staticmethod
    def _relations(known: Knowledge) -> dict[object, str]:
        return {
            _relation(one): f"{_direction(one)} {shown_identifier(one.knowledge.identifier)}, {relation_days(one)}"
            for one in known.relations
        }

    def _disputed(self, known: Knowledge) -> dict[object, str]:
        disputed = {} if known.disputed is UNSET else known.disputed
        return {
            name: f"{self._label(name)}: " + "; ".join(f"{one.source} 称 {one.value}" for one in said)
            for name, said in sorted(disputed.items())
        }

    def _attributes(self, attributes: Mapping[str, Value]) -> dict[object, str]:
        return {name: f"{self._label(name)}: {value}" for name, value in sorted(attributes.items())}

    def _label(self, name: str) -> str:
        return next((facts[name].label for facts in (each.facts for each in self._catalogues) if name in facts), name)

    def _title(self, section: str, code: str) -> str:
        for catalogue in self._catalogues:
            entry = getattr(catalogue, section).get(code)
            if entry is not None:
                return str(entry.title)
        return code

    @staticmethod
    def _compare(what: str, who: str, before: Mapping[object, str], after: Mapping[object, str]) -> Iterator[Move]:
        for key in (*before, *(key for key in after if key not in before)):
            then, now = before.get(key, NONE), after.get(key, NONE)
            if then != now:
                yield Move(what=what, subject=who, then=then, now=now)


def _relation(related: Related) -> object:
    return (related.kind, related.of, related.knowledge.identifier, related.since, related.source)


def _direction(related: Related) -> str:
    title = RELATIONS[related.kind]
    return f"是其{title}的主体" if related.of else title


def _name(record: Record) -> object:
    return (record.source, record.document_number, record.kind, record.list)


def _feeds(then: Sequence[FeedUsed], now: Sequence[FeedUsed]) -> Iterator[Move]:
    before, after = ({used.feed: used for used in feeds} for feeds in (then, now))
    for code in sorted(before.keys() | after.keys()):
        left, right = _age(before.get(code)), _age(after.get(code))
        if left != right:
            title = (before.get(code) or after[code]).title
            yield Move(what="数据源", subject="", then=f"{title}: {left}", now=f"{title}: {right}")


def _age(used: FeedUsed | None) -> str:
    if used is None:
        return "没有用到"
    if used.data_day is None:
        return "从未提供"
    return f"完整到 {used.data_day.isoformat()}" + (", 已过期" if used.stale else "")
