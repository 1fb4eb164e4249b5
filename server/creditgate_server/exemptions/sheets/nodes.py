"""Small helpers over the nodes of rule files: what they say, however it is written, and where it stands."""

from __future__ import annotations

from ...rulebook.language import Place
from ...rulebook.source import KeyedNode, Mapping, Node, Scalar, Sequence
from ...rulebook.tables_cells import fields

Plain = str | tuple["Plain", ...] | dict[str, "Plain"]
"""What a node says: its texts, whether quoted or not, in lists and mappings."""


def plain(node: Node) -> Plain:
    """What a node says, for comparison."""
    if isinstance(node, Scalar):
        return node.text.strip()
    if isinstance(node, Sequence):
        return tuple(plain(part) for part in node.parts)
    return {name: plain(pair.value) for name, pair in node.pairs.items()}


def value_of(node: Node, name: str) -> Node | None:
    """The value of a field; None where there is no such field."""
    pair = node.pairs.get(name) if isinstance(node, Mapping) else None
    return pair.value if pair else None


def text_of(node: Node, name: str) -> str:
    """The text of a field; empty where there is none."""
    value = value_of(node, name)
    return value.text if isinstance(value, Scalar) else ""


def parts_of(node: Node, name: str) -> tuple[Mapping, ...]:
    """The mappings in a field that is a list of them."""
    value = value_of(node, name)
    parts = value.parts if isinstance(value, Sequence) else ()
    return tuple(part for part in parts if isinstance(part, Mapping))


def without(node: Mapping, name: str) -> Mapping:
    """A mapping less one field."""
    return Mapping({key: pair for key, pair in node.pairs.items() if key != name}, node.place)


def with_field(node: Mapping, name: str, value: Node) -> Mapping:
    """A mapping with one field, anew or at its place."""
    return Mapping({**node.pairs, name: KeyedNode(Scalar(name, False, value.place), value)}, node.place)


def ordered(node: Mapping, order: tuple[str, ...]) -> Mapping:
    """A mapping with its fields in an order; those that the order does not know stay behind."""
    known = {name: node.pairs[name] for name in order if name in node.pairs}
    return Mapping({**known, **node.pairs}, node.place)


def moved(node: Node, place: Place) -> Node:
    """The same node, all of it standing at one place: a cell."""
    if isinstance(node, Scalar):
        return Scalar(node.text, node.quoted, place)
    if isinstance(node, Sequence):
        return Sequence(tuple(moved(part, place) for part in node.parts), place)
    return fields(place, {name: moved(pair.value, place) for name, pair in node.pairs.items()})
