"""Which parts of an entry's texts a question matched, so that a client can show them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from . import terms
from .articles import articles_of
from .documents import EntryDocument, Field, TitledCitation
from .filing import DocumentFile, FiledText
from .question import SearchQuery, names
from .terms import Synonyms
from .text import TextSpan, plain


@dataclass(frozen=True, slots=True)
class Mark:
    """The matched parts of one text."""

    field: Field
    number: int
    """Place among the texts of the field, from 0."""
    text: str
    spans: tuple[TextSpan, ...]
    """By place, never touching; in code points of `text`."""


@dataclass(frozen=True, slots=True)
class _Looked:
    """What to look for in the texts of one document."""

    words: tuple[str, ...]
    signs: tuple[str, ...]
    """Single characters: marked only where nothing else is."""
    letters: tuple[str, ...]
    articles: frozenset[str]


class Marker:
    """Marks the texts of one index."""

    def __init__(self, filing: DocumentFile, synonyms: Synonyms) -> None:
        self._filing, self._synonyms = filing, synonyms

    def marks(self, number: int, document: EntryDocument, asked: SearchQuery) -> tuple[Mark, ...]:
        """The marks of a document, by field and place; empty where the question does not match it."""
        looked = self._looked(number, asked)
        texts = self._filing.texts[number]
        spans: dict[tuple[Field, int], list[TextSpan]] = defaultdict(list)
        for text in texts:
            own = spans[text.field, text.number]
            if text.field in (Field.CODE, Field.BASIC_CODE):
                own += [TextSpan(0, len(code)) for code in asked.codes if names(code, text.source.casefold())]
                continue
            own += _of_words(text, looked.words)
            own += _of_letters(text, looked.letters)
        for field, references in _citations(document) if looked.articles else ():
            for place, reference in enumerate(_each_once(references)):
                spans[field, place] += _of_articles(reference, looked.articles)
        if not any(spans.values()):
            for text in texts:
                spans[text.field, text.number] += _of_words(text, looked.signs)
        return tuple(
            Mark(text.field, text.number, text.source, _merged(found))
            for text in texts
            if (found := spans[text.field, text.number])
        )

    def _looked(self, number: int, asked: SearchQuery) -> _Looked:
        """The question's terms that the document has, as what to look for."""
        words: dict[str, None] = {}
        letters: dict[str, None] = {}
        articles = set()
        for group in asked.groups:
            for choice in group.choices:
                term = choice.term
                posting = self._filing.postings.get(term)
                if posting is None or not posting.has(number):
                    continue
                if term.startswith(terms.CONCEPT):
                    words.update(dict.fromkeys(self._synonyms.words(term[1:])))
                elif term.startswith(terms.LETTERS):
                    letters[term[1:]] = None
                elif term.startswith(terms.ARTICLE):
                    articles.add(term)
                else:
                    words[term] = None
        longest = max(map(len, letters), default=0)
        return _Looked(
            tuple(word for word in words if len(word) > 1),
            tuple(word for word in words if len(word) == 1),
            tuple(one for one in letters if len(one) == longest),
            frozenset(articles),
        )


def _citations(document: EntryDocument) -> tuple[tuple[Field, tuple[TitledCitation, ...]], ...]:
    return (Field.PENALTY_BASIS, document.penalty_basis), (Field.EXEMPTION_BASIS, document.exemption_basis)


def _of_words(text: FiledText, words: Iterable[str]) -> Iterator[TextSpan]:
    spelt = text.plain
    for word in words:
        place = spelt.text.find(word)
        while place >= 0:
            yield spelt.span(place, place + len(word))
            place = spelt.text.find(word, place + 1)


def _of_letters(text: FiledText, letters: Iterable[str]) -> Iterator[TextSpan]:
    for start, own in text.letters:
        for one in letters:
            place = own.find(one)
            while place >= 0:
                yield text.plain.span(start + place, start + place + len(one))
                place = own.find(one, place + 1)


def _of_articles(reference: TitledCitation, asked: frozenset[str]) -> Iterator[TextSpan]:
    """The articles of a citation that were asked for, in its text."""
    before = len(reference.title)
    spelt = plain(reference.article)
    for mention in articles_of(reference.article):
        own = {terms.article("", mention.article), terms.article(reference.instrument, mention.article)}
        if not asked.isdisjoint(own):
            span = spelt.span(mention.span.start, mention.span.end)
            yield TextSpan(before + span.start, before + span.end)


def _each_once(references: Iterable[TitledCitation]) -> tuple[TitledCitation, ...]:
    """The citations as the texts of a document number them: those that read the same are one."""
    return tuple({reference.text: reference for reference in references if reference.text}.values())


def _merged(spans: Iterable[TextSpan]) -> tuple[TextSpan, ...]:
    """Spans by place; those that touch are one."""
    merged: list[TextSpan] = []
    for span in sorted(spans, key=lambda one: (one.start, one.end)):
        if merged and span.start <= merged[-1].end:
            merged[-1] = TextSpan(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return tuple(merged)
