"""Small helpers over the nodes of rule files: what they say, however it is written, and where it stands."""

from __future__ import annotations

import io
import json

import yaml
from yaml.emitter import Emitter

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


_BLOCKS = frozenset({"versions", "when", "unless"})
"""Lists whose parts stand on lines of their own."""
_ELEMENTS = frozenset({"versions"})
"""Lists whose parts are themselves written a field a line."""
_TEXT_TAG = "tag:yaml.org,2002:str"
_RESOLVER = yaml.SafeDumper(io.StringIO())
_EMITTER = Emitter(io.StringIO(), allow_unicode=True)


def flow(node: Node) -> str:
    """A node on one line."""
    if isinstance(node, Scalar):
        return _scalar(node, in_flow=True)
    if isinstance(node, Sequence):
        return f"[{', '.join(flow(part) for part in node.parts)}]"
    return f"{{{', '.join(f'{name}: {flow(pair.value)}' for name, pair in node.pairs.items())}}}"


def element_text(element: Mapping, indent: int) -> str:
    """An element of a section, `- ` before its first field; lines end with a newline."""
    lines = []
    for number, (name, pair) in enumerate(element.pairs.items()):
        lead = " " * indent + ("- " if number == 0 else "  ")
        value = pair.value
        if name in _BLOCKS and isinstance(value, Sequence) and value.parts:
            lines.append(f"{lead}{name}:\n")
            lines += [_part(name, part, indent + 4) for part in value.parts]
        else:
            written = _scalar(value, in_flow=False) if isinstance(value, Scalar) else flow(value)
            lines.append(f"{lead}{name}: {written}\n")
    return "".join(lines)


def _part(name: str, part: Node, indent: int) -> str:
    if name in _ELEMENTS and isinstance(part, Mapping):
        return element_text(part, indent)
    return f"{' ' * indent}- {flow(part)}\n"


def _scalar(node: Scalar, *, in_flow: bool) -> str:
    """A value as it was written where that may stand here; text that could mean something else in double quotes."""
    analysis = _EMITTER.analyze_scalar(node.text)
    may_be_plain = analysis.allow_flow_plain if in_flow else analysis.allow_block_plain
    if may_be_plain and not (node.quoted and _means_more(node.text)):
        return node.text
    return json.dumps(node.text, ensure_ascii=False)


def _means_more(text: str) -> bool:
    """Whether a text without quotes would be a number, a day or the like: quotes keep it text for every reader."""
    tag = _RESOLVER.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    return bool(tag != _TEXT_TAG)
