"""HTML that can't forget to escape: every text is escaped unless it is `Html` already."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

_VOID = frozenset({"meta", "input", "col"})
_ON_A_LINE = frozenset({"article", "section", "header", "main", "body", "tr"})
"""Elements that begin a line, so that two pages can be compared line by line."""


class Html(str):
    """Text that is HTML already: made here alone."""

    __slots__ = ()


def html(*parts: str) -> Html:
    """Parts put together; plain text is escaped."""
    return Html("".join(part if isinstance(part, Html) else escape(part) for part in parts))


def tag(name: str, /, *parts: str, **attributes: str | None) -> Html:
    """One element. `class_` is class and `data_words` is data-words; an attribute that is None is left out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    opened = ("\n" if name in _ON_A_LINE else "") + f"<{name}{written}>"
    return Html(opened) if name in _VOID else Html(f"{opened}{html(*parts)}</{name}>")


def joined(parts: Iterable[str], between: str = "") -> Html:
    """Parts put together with a text between them; plain text is escaped."""
    return Html(html(between).join(html(part) for part in parts))


def verbatim(text: str) -> Html:
    """A style sheet or script of this package, which HTML takes as it stands. Raises where it would end its element."""
    if "</" in text:
        raise ValueError("a style sheet or script may not hold '</'")
    return Html(text)
