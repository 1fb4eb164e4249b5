"""Findings: where the library and the texts differ, each with its place and the reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from ...errors import Fault
from ...rulebook.catalogue import Catalogue, Citation, Instrument, Period, Rank
from ...rulebook.language import Place
from ...rulebook.load import LoadedRuleSet
from ...rulebook.reader_verification import Register
from ...rulebook.verification import VerifiedLine
from .articles import Article, ArticleReference, reference
from .claims import NumberTold, ThingClaim, claims
from .reading import InstrumentText


class Disagreement(StrEnum):
    """What a finding is about."""

    MISSING = "missing"
    """The text is whole and has no such article, or the article has no such paragraph or item."""
    CHANGED = "changed"
    """The text is not the one that was compared."""
    ENDED = "ended"
    """The instrument ended before the rule, or was not yet in force."""
    NUMBER = "number"
    """A number that none of the cited texts contains."""
    NOT_AT_HAND = "not_at_hand"
    """No text, or an excerpt without the article: neither right nor wrong."""
    LOOSE = "loose"
    """A law or regulation cited without article, or an article of several paragraphs without one."""


WRONG = frozenset({Disagreement.MISSING, Disagreement.CHANGED, Disagreement.ENDED, Disagreement.NUMBER})
"""Kinds that have to be mended."""
_NAMED = frozenset({Rank.LAW, Rank.ADMINISTRATIVE_REGULATION, Rank.LOCAL_REGULATION})
"""Ranks whose citations name an article."""


@dataclass(frozen=True, slots=True)
class TextFinding:
    """One finding."""

    kind: Disagreement
    fault: Fault
    """Place, what and what to do, in Chinese; `rule` names the thing."""
    cited: tuple[str, str, str] = ("", "", "")
    """Thing, instrument and article; empty where it is about no citation."""


@dataclass(frozen=True, slots=True)
class CitationState:
    """How one citation of one thing stands."""

    of: str
    citation: Citation
    rank: Rank
    at_hand: bool
    wrong: bool
    verified: bool
    """Read by a person, and the text is still the one that was read."""


@dataclass(frozen=True, slots=True)
class TextComparison:
    """The whole comparison."""

    findings: tuple[TextFinding, ...]
    """By file, line and column."""
    citations: tuple[CitationState, ...]
    texts: int
    unknown: tuple[str, ...]
    """Texts of instruments that the catalogue does not have, by code."""

    @property
    def sound(self) -> bool:
        """Whether nothing has to be mended."""
        return not any(one.kind in WRONG for one in self.findings)


def compare(loaded: LoadedRuleSet, texts: Mapping[str, InstrumentText]) -> TextComparison:
    """Hold every citation and number of a library against the texts."""
    catalogue = loaded.rule_set.catalogue
    all_claims = claims(loaded)
    findings: list[TextFinding] = list(_of_instruments(loaded, texts))
    for claim in all_claims:
        findings += _of_claim(claim, catalogue, texts)
    changed = list(_changed(loaded.register, texts))
    findings += changed
    wrong = {one.cited for one in findings if one.kind in WRONG}
    stale = {one.cited for one in changed}
    lines = [line.value for line in loaded.register.lines.values() if _stands(line.value, loaded.register)]
    read = {key for line in lines for one in line.read if (key := (line.of, *one.cited)) not in stale}
    states = [
        _state(claim.of, cited.citation, catalogue, texts, wrong, read)
        for claim in all_claims
        for cited in claim.citations
    ]
    findings.sort(key=lambda one: (one.fault, one.kind))
    return TextComparison(
        tuple(dict.fromkeys(findings)),
        tuple(states),
        len(texts),
        tuple(sorted(texts.keys() - catalogue.instruments.keys())),
    )


def _state(
    of: str,
    citation: Citation,
    catalogue: Catalogue,
    texts: Mapping[str, InstrumentText],
    wrong: set[tuple[str, str, str]],
    read: set[tuple[str, str, str]],
) -> CitationState:
    key = (of, citation.instrument, citation.article)
    return CitationState(
        of=of,
        citation=citation,
        rank=catalogue.instruments[citation.instrument].rank,
        at_hand=_find(citation, texts) is not None,
        wrong=key in wrong,
        verified=key in read,
    )


def _find(citation: Citation, texts: Mapping[str, InstrumentText]) -> Article | None:
    """The section that is cited, where it is at hand."""
    text, cited = texts.get(citation.instrument), reference(citation.article)
    return text.find(cited) if text is not None and cited is not None else None


def _finding(
    kind: Disagreement, claim: ThingClaim, citation: Citation, place: Place, message: str, hint: str = ""
) -> TextFinding:
    fault = Fault(place.file, place.line, place.column, message, hint, claim.of)
    return TextFinding(kind, fault, (claim.of, citation.instrument, citation.article))


def _of_claim(claim: ThingClaim, catalogue: Catalogue, texts: Mapping[str, InstrumentText]) -> Iterator[TextFinding]:
    for cited in claim.citations:
        instrument = catalogue.instruments[cited.citation.instrument]
        found = list(_of_citation(claim, cited.citation, cited.place, instrument, texts))
        yield from found
        if not any(one.kind is Disagreement.ENDED for one in found):
            yield from _of_days(claim, cited.citation, cited.place, texts)
    yield from _of_numbers(claim, texts)


def _of_citation(
    claim: ThingClaim, citation: Citation, place: Place, instrument: Instrument, texts: Mapping[str, InstrumentText]
) -> Iterator[TextFinding]:
    name = f"《{instrument.title}》"
    if not citation.article and instrument.rank in _NAMED:
        yield _finding(Disagreement.LOOSE, claim, citation, place, f"引用{name}没有写条款", "写明条、款、项")
    text = texts.get(citation.instrument)
    cited = reference(citation.article)
    if cited is None:
        message = f"看不懂的条款写法: {citation.article}"
        yield _finding(Disagreement.MISSING, claim, citation, place, message, "写成 第六十条第二款第三项 这样")
        return
    if text is None:
        message = f"没有{name}的文本({citation.instrument}.md)"
        yield _finding(Disagreement.NOT_AT_HAND, claim, citation, place, message, "找到原文后放进文本目录")
        return
    article = text.find(cited)
    if article is None:
        yield _absent(claim, citation, place, name, text, cited)
        return
    if citation.missing:
        message = f"写着没有找到原文, 文本目录里却有{name}{cited.heading}"
        yield _finding(Disagreement.LOOSE, claim, citation, place, message, f"核对后删去 missing; {_at(text, article)}")
    lacks = article.lacks(cited)
    if lacks and article.partial:
        yield _finding(Disagreement.NOT_AT_HAND, claim, citation, place, f"{name}{lacks}(这一条是节录)", "补全这一条")
    elif lacks:
        yield _finding(Disagreement.MISSING, claim, citation, place, f"{name}{lacks}", _at(text, article))
    elif not article.partial and instrument.rank in _NAMED and (open_ := article.could_name(cited)):
        yield _finding(Disagreement.LOOSE, claim, citation, place, f"{name}{open_}", "只依据其中几款的, 写明")


def _absent(
    claim: ThingClaim, citation: Citation, place: Place, name: str, text: InstrumentText, cited: ArticleReference
) -> TextFinding:
    if not text.whole:
        message = f"{name}的文本是节录, 没有{cited.heading or '条文'}"
        return _finding(Disagreement.NOT_AT_HAND, claim, citation, place, message, f"补进 {text.file}")
    message = f"{name}没有{cited.heading or '条文'}"
    return _finding(Disagreement.MISSING, claim, citation, place, message, f"{text.file} 是全文: 核对条号")


def _at(text: InstrumentText, article: Article) -> str:
    return f"见 {text.file}:{article.line}"


def _of_days(
    claim: ThingClaim, citation: Citation, place: Place, texts: Mapping[str, InstrumentText]
) -> Iterator[TextFinding]:
    text = texts.get(citation.instrument)
    if text is None or claim.life is None:
        return
    reason = _outside(claim.life, text.start, text.until)
    if reason:
        message = f"《{text.title}》{reason}(按文本)"
        yield _finding(
            Disagreement.ENDED, claim, citation, place, message, f"见 {text.file}; 另写一版引用当时有效的依据"
        )


def _outside(life: Period, start: date | None, until: date | None) -> str:
    if until is not None and (life.until is None or life.until > until):
        stops = until + timedelta(days=1)
        return f"自 {stops} 起不再有效, 引用它的却{'长期有效' if life.until is None else f'至 {life.until}'}"
    if start is not None and life.start < start:
        return f"自 {start} 起施行, 引用它的却自 {life.start} 起"
    return ""


def _of_instruments(loaded: LoadedRuleSet, texts: Mapping[str, InstrumentText]) -> Iterator[TextFinding]:
    """The days of the catalogue against those of the texts."""
    for thing in loaded.register.things.values():
        instrument = thing.placed.value
        text = texts.get(instrument.code) if isinstance(instrument, Instrument) else None
        if text is None or not isinstance(instrument, Instrument):
            continue
        life, message = instrument.effective, ""
        if text.until is not None and text.until != life.until:
            message = f"按文本到 {text.until} 为止, 目录写的是 {life.until or '(没有写)'}"
        elif text.start is not None and life.start < text.start:
            message = f"按文本自 {text.start} 起施行, 目录写的是 {life.start}"
        if message:
            place = thing.placed.at("effective")
            message = f"《{instrument.title}》{message}"
            yield TextFinding(
                Disagreement.ENDED, Fault(place.file, place.line, place.column, message, f"见 {text.file}", thing.of)
            )


def _of_numbers(claim: ThingClaim, texts: Mapping[str, InstrumentText]) -> Iterator[TextFinding]:
    """Numbers in none of the cited texts. Where one of these is not at hand, nothing can be said."""
    if not claim.told or not claim.citations:
        return
    articles = [(cited.citation, _find(cited.citation, texts)) for cited in claim.citations]
    cut = any(
        article is None or article.partial or (not citation.article and not texts[citation.instrument].whole)
        for citation, article in articles
    )
    for told in claim.told:
        if not cut and not any(_contains(article, told) for _, article in articles if article is not None):
            where = "、".join(f"{one.instrument} {one.article}".strip() for one, _ in articles)
            message = f"{told.what}里的 {told.quantity}, {where} 里没有"
            hint = "核对原文; 本市自定的, 写 source: own_practice"
            yield _finding(Disagreement.NUMBER, claim, articles[0][0], told.place, message, hint)


def _contains(article: Article, told: NumberTold) -> bool:
    return any(one.same_number(told.quantity) for one in article.quantities)


def _stands(line: VerifiedLine, register: Register) -> bool:
    """Whether the thing is still as it was compared."""
    thing = register.things.get(line.of)
    return thing is not None and thing.content == line.content


def _changed(register: Register, texts: Mapping[str, InstrumentText]) -> Iterator[TextFinding]:
    """Things and texts that are not those that were compared."""
    for line in register.lines.values():
        of = line.value.of
        thing = register.things.get(of)
        if thing is not None and not _stands(line.value, register):
            yield _of_line(thing.place, f"{of} 核实以后内容改动了", of)
        for position, read in enumerate(line.value.read):
            now = digest_read(Citation(instrument=read.instrument, article=read.article), of, texts)
            if now and now != read.text:
                named = f"{read.instrument} {read.article}".strip()
                place = line.at("read", position, "text")
                yield _of_line(place, f"{named} 的文本在 {read.day} 核对以后变了", of, *read.cited)


def _of_line(place: Place, message: str, of: str, instrument: str = "", article: str = "") -> TextFinding:
    hint = "与原文重新核对后更新这一条核实, 或者删去它, 撤回核实"
    fault = Fault(place.file, place.line, place.column, message, hint, of)
    return TextFinding(Disagreement.CHANGED, fault, (of, instrument, article))


def digest_read(citation: Citation, of: str, texts: Mapping[str, InstrumentText]) -> str:
    """The digest of the text that a citation names: the whole article, or of an instrument itself its head.

    Empty where it is not at hand.
    """
    text = texts.get(citation.instrument)
    if text is not None and of == f"instrument/{citation.instrument}":
        return text.digest
    article = _find(citation, texts)
    return article.digest if article is not None else ""
