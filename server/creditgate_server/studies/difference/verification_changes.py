"""What became of verification: given, withdrawn, renewed because the thing that was verified changed, in Chinese."""

from __future__ import annotations

from collections.abc import Iterator

from ...rulebook.bundle import RuleSet
from ...rulebook.catalogue import Citation
from ...rulebook.reader_things import KINDS
from ...rulebook.verification import ReadText, VerifiedLine, part_of
from .names import SECTIONS
from .report import ChangeKind, ChangeLine, EntryChange
from .rule_changes import citation_in_words

SECTION = "verifications"
_SECTION_OF = {kind: section for section, kind in KINDS.items()}
_READ, _CONTENT = "核对", "已核实的内容"


def verification_changes(a: RuleSet, b: RuleSet) -> tuple[EntryChange, ...]:
    """Every line of the register that came, went or changed, by name."""
    return tuple(_changes(a, b))


def _changes(a: RuleSet, b: RuleSet) -> Iterator[EntryChange]:
    for of in sorted({*a.verified, *b.verified}):
        before, after = a.verified.get(of), b.verified.get(of)
        if before is None and after is not None:
            lines = tuple(ChangeLine(field=_READ, before="", after=text) for text in _told(b, after))
            yield _change(b, of, ChangeKind.ADDED, lines)
        elif before is not None and after is None:
            lines = tuple(ChangeLine(field=_READ, before=text, after="") for text in _told(a, before))
            yield _change(a, of, ChangeKind.REMOVED, lines)
        elif before is not None and after is not None and before != after:
            yield _change(b, of, ChangeKind.CHANGED, tuple(_renewed(a, before, b, after)))


def _renewed(a: RuleSet, before: VerifiedLine, b: RuleSet, after: VerifiedLine) -> Iterator[ChangeLine]:
    if before.content != after.content:
        said = f"{before.day} 核实的内容", f"改动了, {after.day} 重新核对"
        yield ChangeLine(field=_CONTENT, before=said[0], after=said[1])
    old, new = _told(a, before), _told(b, after)
    for text in old:
        if text not in new:
            yield ChangeLine(field=_READ, before=text, after="")
    for text in new:
        if text not in old:
            yield ChangeLine(field=_READ, before="", after=text)


def _told(rule_set: RuleSet, line: VerifiedLine) -> list[str]:
    return [_read(rule_set, one) for one in line.read]


def _read(rule_set: RuleSet, one: ReadText) -> str:
    cited = citation_in_words(rule_set.catalogue, Citation(instrument=one.instrument, article=one.article))
    return f"{one.day} {one.post}核对 {cited}(原文 {one.text[:_SHOWN]}…)"


_SHOWN = len("sha256:") + 12


def _change(rule_set: RuleSet, of: str, kind: ChangeKind, lines: tuple[ChangeLine, ...]) -> EntryChange:
    return EntryChange(
        section=SECTION, section_title=SECTIONS[SECTION], code=of, title=_title(rule_set, of), kind=kind, lines=lines
    )


def _title(rule_set: RuleSet, of: str) -> str:
    kind, code = part_of(of)
    titles = {rule.id: rule.title for rule in rule_set.rules} if kind in ("rule", "exemption") else {}
    section = getattr(rule_set.catalogue, _SECTION_OF.get(kind, ""), {})
    return titles.get(code) or str(getattr(section.get(code), "title", ""))
