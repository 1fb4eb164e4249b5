"""The fields in which acts are punished, told by the words of a question."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from .text import plain


@dataclass(frozen=True, slots=True)
class PunishedField:
    """A field in which acts are punished."""

    organ: str
    statutes: tuple[str, ...]
    """Short titles of special laws that have rules of their own on going without a penalty."""
    words: tuple[str, ...]


@cache
def fields() -> tuple[PunishedField, ...]:
    """The fields that come with the service."""
    content = yaml.safe_load((files(__package__) / "fields.yaml").read_text("utf-8"))
    return tuple(
        PunishedField(one["organ"], tuple(one["statutes"]), tuple(plain(word).text for word in one["words"]))
        for one in content["fields"]
    )


def said_of(query: str, field: PunishedField) -> int:
    """Characters of the field's words in the question; a word within another counts no further."""
    text, total = plain(query).text, 0
    for word in sorted(field.words, key=len, reverse=True):
        if word in text:
            total += len(word)
            text = text.replace(word, " ")
    return total


def organs_said(query: str) -> frozenset[str]:
    """The organs in whose fields the question's words lie; none where they tell of no field."""
    return frozenset(field.organ for field in fields() if said_of(query, field))
