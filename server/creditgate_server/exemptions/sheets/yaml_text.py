"""Nodes written as YAML, in the layout of the exemption files: a field a line, short structures in braces."""

from __future__ import annotations

import io
import json

import yaml
from yaml.emitter import Emitter

from ...rulebook.source import Mapping, Node, Scalar, Sequence

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
