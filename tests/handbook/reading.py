"""The page as a reader's browser has it: a tree of elements, looked up by id."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "input"}


@dataclass
class Element:
    name: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    def all(self) -> list[Element]:
        found = [child for child in self.children if isinstance(child, Element)]
        return [self, *(below for child in found for below in child.all())]

    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text() for child in self.children)

    def named(self, name: str) -> list[Element]:
        return [element for element in self.all() if element.name == name]

    def links(self) -> list[str]:
        return [element.attributes["href"] for element in self.named("a")]

    def described(self) -> dict[str, Element]:
        """What stands beside each name of the element's own list of names, not of those inside its entries."""
        pairs = next(child for child in self.children if isinstance(child, Element) and child.name == "dl")
        cells = [child for child in pairs.children if isinstance(child, Element)]
        return {name.text(): value for name, value in zip(cells[::2], cells[1::2], strict=True)}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:  # <meta/>
            return
        assert self._open.pop().name == tag, f"</{tag}> ends something else"

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)

    def done(self) -> Element:
        self.close()
        assert self._open == [self.root], "an element is not ended"
        return self.root


class Page:
    """A page, read strictly: every element ended, every id once."""

    def __init__(self, text: str) -> None:
        reader = _Reader()
        reader.feed(text)
        self.root = reader.done()
        ids = [element.attributes["id"] for element in self.root.all() if "id" in element.attributes]
        assert len(ids) == len(set(ids)), "an id stands twice"
        self.by_id = {element.attributes["id"]: element for element in self.root.all() if "id" in element.attributes}
