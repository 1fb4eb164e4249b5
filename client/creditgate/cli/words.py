"""Chinese words and colours for what an answer holds, and text that is safe to print."""

from __future__ import annotations

from datetime import date

from rich.text import Text

from .._contract import Basis, Duty, Evidence, FeedAge, Measure, MeasureKind, Outcome, Ref, Remedy, Undetermined
from ..titles import DUTIES, MEASURE_KINDS, OUTCOMES

OUTCOME_STYLES: dict[Outcome, str] = {
    Outcome.CLEAR: "bold green",
    Outcome.INCENTIVES: "bold cyan",
    Outcome.MEASURES: "bold yellow",
    Outcome.PROHIBITED: "bold red",
    Outcome.UNDETERMINED: "bold magenta",
}

_KIND_STYLES = {MeasureKind.INCENTIVE: "cyan", MeasureKind.RESTRAINT: "yellow"}


def printable(text: str) -> str:
    """Text without control characters, so that no record can steer a terminal. Line breaks become blanks."""
    return "".join(letter if letter.isprintable() or letter == "\u3000" else " " for letter in text)


def outcome_words(outcome: Outcome) -> Text:
    """The outcome in Chinese, coloured, with its code."""
    return Text(f"{OUTCOMES[outcome.lower()]} {outcome}", style=OUTCOME_STYLES[outcome])


def measure_words(measure: Measure) -> Text:
    """Title, kind and code of a measure."""
    kind, style = MEASURE_KINDS[measure.kind], _KIND_STYLES[measure.kind]
    if measure.prohibits:
        kind, style = "不予", "bold red"
    text = Text.assemble(
        (f"[{kind}] ", style), printable(measure.measure.title), (f"\n{printable(measure.measure.code)}", "dim")
    )
    if not measure.verified:
        text.append("\n依据待核实", "magenta")
    return text


def duty_words(duty: Duty) -> str:
    """应当 or 可以."""
    return DUTIES[duty]


def basis_words(basis: tuple[Basis, ...]) -> str:
    """Title, document number and article of each basis, one a line."""
    return "\n".join(
        printable(f"《{one.instrument.title}》" + (f"({one.number})" if one.number else "") + one.article)
        for one in basis
    )


def evidence_words(evidence: tuple[Evidence, ...]) -> str:
    """Each record: what, number, organ and day, one a line."""
    return "\n".join(
        printable(
            " ".join(
                part
                for part in (_record_title(one), one.document_number, one.organ.title, day_words(one.decided_on))
                if part
            )
        )
        for one in evidence
    )


def _record_title(one: Evidence) -> str:
    return one.list.title if one.list is not None else one.kind.title


def remedy_words(remedies: tuple[Remedy, ...]) -> str:
    """How each restraint can be ended, one a line."""
    return "\n".join(_remedy(remedy) for remedy in remedies)


def _remedy(remedy: Remedy) -> str:
    if not remedy.repairable:
        return printable(f"不可修复 {remedy.condition}".strip())
    first = f"{remedy.earliest_on} 起" if remedy.earliest_on else ""
    return printable(";".join(part for part in (first, remedy.condition, remedy.channel) if part))


def day_words(day: date | None, none: str = "") -> str:
    """A day in ISO form."""
    return day.isoformat() if day else none


def yuan_words(fen: int) -> str:
    """Fen as yuan: 6650 → 66.50 元."""
    return f"{fen // 100:,}.{fen % 100:02d} 元"


def graded_words(graded: Ref | None) -> str:
    """Title and code of a grade or level; 不能确定 where it is not settled."""
    if graded is None:
        return "不能确定"
    title = "" if graded.title == graded.code else graded.title
    return printable(f"{title}({graded.code})" if title else graded.code)


def unknown_words(entry: Undetermined) -> str:
    """What is not known, by its code: a fact's name, or its kind with what names it."""
    if entry.fact is not None:
        return entry.fact.fact.code
    if entry.feed is not None:
        return f"feed:{entry.feed.code}"
    if entry.record is not None:
        return ":".join(part for part in ("record", entry.record.document_number, entry.record.field) if part)
    if entry.relation is not None:
        return ":".join(part for part in ("relation", entry.relation.relation, entry.relation.other) if part)
    if entry.role is not None:
        return f"role:{entry.role}"
    if entry.calendar is not None:
        return f"calendar:{entry.calendar.year}"
    return "engine" if entry.engine_fault is not None else "subject"


def short_basis(basis: tuple[Basis, ...]) -> list[str]:
    """Each basis by its document number, or its title where it has none, and its article."""
    return [printable((one.number or f"《{one.instrument.title}》") + one.article) for one in basis]


def feed_words(feed: FeedAge) -> Text:
    """A feed with the age of its data."""
    title = feed.feed.title
    if feed.data_on is None:
        return Text(printable(f"{title}从未报送"), style="red")
    if feed.stale:
        age = f"{title}截至 {feed.data_on}, {feed.age_days} 天前, 已过期(最长 {feed.max_age_days} 天)"
        return Text(printable(age), style="red")
    return Text(printable(f"{title}({feed.age_days} 天前)"))
