"""A review (核对): what a reader found, citation by citation; and the register of verification that follows from it.

A thing is verified once each of its citations was read and found right; until then the register has those that were. A
verdict of wrong withdraws what stood there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import PurePosixPath

import msgspec

from ...rulebook.catalogue import Citation
from ...rulebook.language import Place
from ...rulebook.placed import PlacedValue
from ...rulebook.reader_values import Path, Reader, Trail, code, day, one_of, structure, text
from ...rulebook.reader_verification import Register, Thing
from ...rulebook.source import Faults, Sequence, Unreadable, nearest, parse
from ...rulebook.verification import FOLDER, ReadText, VerifiedLine, register_text
from .findings import WRONG, Disagreement, TextComparison, digest_read
from .reading import InstrumentText

SECTION = "reviews"
"""Of a review file."""


class ReadingVerdict(StrEnum):
    """What the reader found."""

    RIGHT = "right"
    WRONG = "wrong"


class ReviewLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One citation of one thing, read."""

    of: str
    instrument: str
    article: str = ""
    verdict: ReadingVerdict
    post: str
    """Post of the reader (岗位), no name."""
    day: date
    """Day of the reading, Asia/Shanghai."""
    note: str = ""
    """What is wrong, or what the reader remarks, in Chinese. It stays in the review."""

    @property
    def cited(self) -> tuple[str, str]:
        """Instrument and article."""
        return self.instrument, self.article


_REVIEWED: Reader[ReviewLine] = structure(
    ReviewLine,
    {
        "of": text,
        "instrument": code,
        "article": text,
        "verdict": one_of(ReadingVerdict),
        "post": text,
        "day": day,
        "note": text,
    },
    "{of: rule/some-rule@2021-01-01, instrument: some-law, article: 第一条, verdict: right, post: 法制岗, day: …}",
)


@dataclass(slots=True)
class ReviewOutcome:
    """What a review comes to."""

    written: list[str] = field(default_factory=list)
    """Things whose lines are new or renewed, by name."""
    withdrawn: list[str] = field(default_factory=list)
    """Things whose verification was taken back."""
    waiting: list[str] = field(default_factory=list)
    """Things of which some citations have still to be read, with which, in Chinese: they stay unverified."""
    files: dict[str, bytes] = field(default_factory=dict)
    """Files of the register that change, by path in the library. Empty: nobody's lines are left in it."""


def read_review(file: str, content: bytes, faults: Faults) -> list[PlacedValue[ReviewLine]]:
    """The readings of a file; what can't be read is noted."""
    root = parse(file, content, faults)
    if root is None:
        return []
    for name, pair in root.pairs.items():
        if name != SECTION:
            faults.add(pair.key.place, f"没有 {name[:40]} 这一节", f"写成 {SECTION}: 和一列核对结果")
    section = root.pairs.get(SECTION)
    if section is None or not isinstance(section.value, Sequence):
        place = root.place if section is None else section.value.place
        faults.add(place, f"没有 {SECTION} 一节, 或者它不是列表", f"写成 {SECTION}: 和一列核对结果")
        return []
    found = []
    for node in section.value.parts:
        places: dict[Path, Place] = {(): node.place}
        try:
            found.append(PlacedValue(_REVIEWED(node, Trail(faults, places)), places))
        except Unreadable:
            continue
    return found


def apply(
    reviews: list[PlacedValue[ReviewLine]],
    register: Register,
    texts: Mapping[str, InstrumentText],
    compared: TextComparison,
    today: date,
    faults: Faults,
) -> ReviewOutcome:
    """What the register becomes. What the readings can't mean is noted, and then nothing should be written."""
    by_thing: dict[str, dict[tuple[str, str], PlacedValue[ReviewLine]]] = defaultdict(dict)
    for placed in reviews:
        if _may_be_meant(placed, register, texts, compared, today, faults):
            _take(placed, by_thing[placed.value.of], faults)
    outcome = ReviewOutcome()
    lines = {of: placed.value for of, placed in register.lines.items()}
    touched: set[str] = set()
    for of, readings in by_thing.items():
        thing = register.things[of]
        line = lines.get(of)
        if any(one.value.verdict is ReadingVerdict.WRONG for one in readings.values()):
            if line is not None:
                del lines[of]
                touched.add(of)
                outcome.withdrawn.append(of)
            continue
        reads, left = _reads(thing, line, readings, texts)
        if left:
            outcome.waiting.append(f"{of}: 还没有核对 {'、'.join(' '.join(filter(None, one)) for one in left)}")
        made = VerifiedLine(of=of, content=thing.content, read=tuple(reads))
        if made != line:
            lines[of] = made
            touched.add(of)
            outcome.written.append(of)
    outcome.files = _files(lines, touched, register)
    return outcome


def _take(
    placed: PlacedValue[ReviewLine], readings: dict[tuple[str, str], PlacedValue[ReviewLine]], faults: Faults
) -> None:
    earlier = readings.setdefault(placed.value.cited, placed)
    if earlier is not placed:
        line = earlier.at("of").line
        faults.add(placed.at("of"), f"{placed.value.of} 的这处引用写了两次, 第 {line} 行已经写过", "删去其中一个")


def _may_be_meant(
    placed: PlacedValue[ReviewLine],
    register: Register,
    texts: Mapping[str, InstrumentText],
    compared: TextComparison,
    today: date,
    faults: Faults,
) -> bool:
    one = placed.value
    thing = register.things.get(one.of)
    if thing is None:
        hint = nearest(one.of, register.things)
        faults.add(placed.at("of"), f"规则库里没有 {one.of}", hint)
        return False
    cited = {(at.citation.instrument, at.citation.article): at.citation for at in thing.citations}
    if one.cited not in cited:
        known = "、".join(" ".join(filter(None, pair)) for pair in cited)
        message = f"{one.of} 没有引用 {one.instrument} {one.article}".strip()
        faults.add(placed.at("instrument"), message, f"它引用的是 {known}")
        return False
    if one.day > today:
        faults.add(placed.at("day"), f"核对的日期 {one.day} 还没有到", "写实际核对的日期")
        return False
    if one.verdict is ReadingVerdict.WRONG:
        return True
    if thing.own_practice:
        faults.add(placed.at("of"), f"{one.of} 是本市自定, 没有原文可以核对", "删去这一条")
        return False
    return _is_borne_out(placed, cited[one.cited], texts, compared, faults)


def _is_borne_out(
    placed: PlacedValue[ReviewLine],
    citation: Citation,
    texts: Mapping[str, InstrumentText],
    compared: TextComparison,
    faults: Faults,
) -> bool:
    """Whether the text is at hand, whole enough to stand for what was read, and nothing found speaks against it."""
    one = placed.value
    text = texts.get(one.instrument)
    digest = digest_read(citation, one.of, texts)
    itself = one.of == f"instrument/{one.instrument}"
    if text is None or not digest:
        faults.add(placed.at("article"), f"文本目录里没有 {one.instrument} {one.article}".strip(), "放进原文以后再写")
        return False
    if not one.article and not text.whole and not itself:
        message = f"{one.instrument} 的文本是节录, 不能代表全文"
        faults.add(placed.at("instrument"), message, "引用写明条款, 或放进全文")
        return False
    for finding in compared.findings:
        if finding.kind in WRONG and finding.cited == (one.of, *one.cited) and finding.kind is not Disagreement.CHANGED:
            where = f"{finding.fault.file}:{finding.fault.line}:{finding.fault.column}"
            faults.add(placed.at("verdict"), f"写着 right, 却有错: {finding.fault.message}", f"先改正 {where}")
            return False
    return True


def _reads(
    thing: Thing,
    line: VerifiedLine | None,
    readings: Mapping[tuple[str, str], PlacedValue[ReviewLine]],
    texts: Mapping[str, InstrumentText],
) -> tuple[list[ReadText], list[tuple[str, str]]]:
    """What was read of a thing, and what has still to be. Earlier readings count while thing and text are the same."""
    earlier = {one.cited: one for one in line.read} if line is not None and line.content == thing.content else {}
    reads: list[ReadText] = []
    left: list[tuple[str, str]] = []
    for key in dict.fromkeys((at.citation.instrument, at.citation.article) for at in thing.citations):
        citation = Citation(instrument=key[0], article=key[1])
        digest = digest_read(citation, thing.of, texts)
        reading, before = readings.get(key), earlier.get(key)
        if reading is not None:
            one = reading.value
            reads.append(ReadText(instrument=key[0], article=key[1], day=one.day, post=one.post, text=digest))
        elif before is not None and digest in ("", before.text):
            reads.append(before)
        else:
            left.append(key)
    return reads, left


def _files(lines: Mapping[str, VerifiedLine], touched: set[str], register: Register) -> dict[str, bytes]:
    """The files in which lines change, whole. A new line goes into the file named after the thing's own."""
    homes = {of: _home(of, register) for of in {*lines, *touched}}
    changed = {homes[of] for of in touched}
    content: dict[str, list[VerifiedLine]] = {home: [] for home in changed}
    for of, line in lines.items():
        if homes[of] in changed:
            content[homes[of]].append(line)
    return {home: register_text(kept) if kept else b"" for home, kept in sorted(content.items())}


def _home(of: str, register: Register) -> str:
    line = register.lines.get(of)
    if line is not None:
        parts = PurePosixPath(line.at("of").file).parts
        return "/".join(parts[len(parts) - 1 - parts[::-1].index(FOLDER) :]) if FOLDER in parts else parts[-1]
    stem = PurePosixPath(register.things[of].place.file.partition("!")[0]).stem
    return f"{FOLDER}/{stem}.yaml"
