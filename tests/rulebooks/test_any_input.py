"""Whatever a file holds, it is read or refused with places: nothing else is ever raised."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from creditgate_server.errors import RuleSetFault
from creditgate_server.rulebook.load import read_texts

from .test_rulebooks import BASE, BOOK, BROKEN, SOUND

QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FILES = [file.read_bytes().decode("utf-8-sig") for file in (*BROKEN, *SOUND)] + [
    text.decode() for text in BASE.values()
]
MARKS = "{ } [ ] ' \" | > &a *a !!int << --- % # ~ all: fact records is at_least basis rules book 1e999 2026-02-30"
KEYS = """
rules book facts items lists code name title id effective from until when all any none fact is in at_least records kinds
finding then measure grade type choice source rating ladder choices default money A 2024-01-01 true measures
"""
SNIPPETS = st.sampled_from([*MARKS.split(), "- ", ": ", "\n", "  ", "9" * 5000, "\u0663", "\0"])
WORDS = st.sampled_from(KEYS.split())


def read_or_refuse(content: bytes) -> None:
    try:
        loaded = read_texts({**BASE, BOOK: content})
    except RuleSetFault as refused:
        assert refused.faults
        for fault in refused.faults:
            assert fault.file in {*BASE, BOOK}
            assert fault.line >= 1
            assert fault.column >= 1
            assert fault.message
    else:
        assert loaded.rule_set.canonical


@QUICK
@given(st.binary(max_size=300))
def test_random_bytes(content: bytes):
    read_or_refuse(content)


@QUICK
@given(st.text(max_size=300))
def test_random_text(content: str):
    read_or_refuse(content.encode("utf-8", "surrogatepass"))


@QUICK
@given(st.sampled_from(FILES), st.data())
def test_books_with_random_damage(text: str, data: st.DataObject):
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 30)))
        text = text[:start] + data.draw(SNIPPETS) + text[end:]
    read_or_refuse(text.encode())


def written(node: object) -> str:
    """Random structure in flow style."""
    if isinstance(node, dict):
        return "{" + ", ".join(f"{key}: {written(value)}" for key, value in node.items()) + "}"
    if isinstance(node, list):
        return "[" + ", ".join(written(part) for part in node) + "]"
    return str(node)


@QUICK
@given(
    st.dictionaries(
        WORDS,
        st.recursive(
            WORDS | st.integers(-3, 3),
            lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=6),
            max_leaves=20,
        ),
        max_size=5,
    )
)
def test_random_structures_of_the_languages_own_words(node: object):
    read_or_refuse(written(node).encode())
