"""Cells of a list's sheet and fields of the rule file: one form for each, both ways."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ...rulebook.catalogue import Element, ExemptionKind
from ...rulebook.language import Place
from ...rulebook.source import Faults, Mapping, Node, Scalar, Sequence, parse
from ...rulebook.tables_cells import fields
from ...rulebook.titles import ELEMENTS, EXEMPTION_KINDS
from .columns import Form
from .nodes import flow, moved, text_of

NONE = "无"
"""A list that is none at all, where an empty cell means the list's own."""
_FLAGS = {"是": "true", "否": "false", "true": "true", "false": "false"}
_KINDS = {EXEMPTION_KINDS[kind]: kind.value for kind in ExemptionKind}
_ELEMENTS = {ELEMENTS[element]: element.value for element in Element}
_SEPARATORS = re.compile(r"[;；\n]")
_CODE_SEPARATORS = re.compile(r"[;；,，、\s]+")
_STRUCTURE = ("[", "{")


def written(form: Form, node: Node) -> str:
    """A field as its cell has it."""
    if form is Form.YAML_LIST and isinstance(node, Sequence):
        return f"[{(',' + chr(10) + ' ').join(flow(part) for part in node.parts)}]"
    if isinstance(node, Sequence):
        return _list_text(form, node)
    if not isinstance(node, Scalar) or form is Form.YAML:
        return flow(node)
    if form is Form.FLAG:
        return "是" if node.text == "true" else "否"
    if form is Form.KIND:
        return _title(_KINDS, node.text)
    return node.text.strip()


def _list_text(form: Form, node: Sequence) -> str:
    if not node.parts:
        return NONE
    texts = [part.text if isinstance(part, Scalar) else _citation_text(part) for part in node.parts]
    if texts == [NONE] or any(_SEPARATORS.search(text) or text.startswith(_STRUCTURE) for text in texts):
        return flow(node)  # what separates or means something itself can't stand between separators
    if form is Form.ELEMENTS:
        texts = [_title(_ELEMENTS, text) for text in texts]
    return "; ".join(texts)


def _citation_text(node: Node) -> str:
    return f"{text_of(node, 'instrument')} {text_of(node, 'article')}".strip()


def _title(codes: dict[str, str], code: str) -> str:
    return next((title for title, known in codes.items() if known == code), code)


def read(form: Form, text: str, place: Place, faults: Faults) -> Node:
    """The field that a cell writes, all of it standing at the cell. Raises `Unreadable`."""
    if form in (Form.YAML, Form.YAML_LIST) or (form in _LISTS and text.startswith(_STRUCTURE)):
        return _yaml(form, text, place, faults)
    if form in _LISTS:
        return Sequence(() if text == NONE else tuple(_LISTS[form](text, place, faults)), place)
    if form is Form.FLAG:
        return Scalar(_known(_FLAGS, text, ("是", "否"), place, faults), False, place)
    if form is Form.KIND:
        return Scalar(_known(_KINDS, text, tuple(_KINDS), place, faults), False, place)
    return Scalar(text, form is not Form.DAY, place)


def _yaml(form: Form, text: str, place: Place, faults: Faults) -> Node:
    own = Faults()
    root = parse(place.file, f"v: {' '.join(text.split(chr(10)))}\n".encode(), own)
    if root is None or list(root.pairs) != ["v"]:
        for fault in own.found[:1]:
            faults.refuse(place, fault.message, fault.hint)
        faults.refuse(place, "看不懂这一格", "写成 {…} 或 [{…}, {…}]")
    node = moved(root.pairs["v"].value, place)
    return Sequence((node,), place) if form is Form.YAML_LIST and isinstance(node, Mapping) else node


def _codes(text: str, place: Place, _faults: Faults) -> Iterator[Node]:
    yield from (Scalar(part, False, place) for part in _CODE_SEPARATORS.split(text) if part)


def _words(text: str, place: Place, _faults: Faults) -> Iterator[Node]:
    yield from (Scalar(part.strip(), True, place) for part in _SEPARATORS.split(text) if part.strip())


def _elements(text: str, place: Place, faults: Faults) -> Iterator[Node]:
    for part in filter(None, _CODE_SEPARATORS.split(text)):
        yield Scalar(_known(_ELEMENTS, part, tuple(_ELEMENTS), place, faults), False, place)


def _citations(text: str, place: Place, _faults: Faults) -> Iterator[Node]:
    for part in _SEPARATORS.split(text):
        code, _, article = part.strip().partition(" ")
        if code:
            pairs: dict[str, Node] = {"instrument": Scalar(code, False, place)}
            if article.strip():
                pairs["article"] = Scalar(article.strip(), True, place)
            yield fields(place, pairs)


_LISTS: dict[Form, Callable[[str, Place, Faults], Iterator[Node]]] = {
    Form.CODES: _codes,
    Form.WORDS: _words,
    Form.ELEMENTS: _elements,
    Form.CITATIONS: _citations,
}


def _known(codes: dict[str, str], text: str, shown: tuple[str, ...], place: Place, faults: Faults) -> str:
    """The code for a word; codes themselves will do. Raises `Unreadable`."""
    if text in codes:
        return codes[text]
    if text not in codes.values():
        faults.refuse(place, f"不认识“{text[:40]}”", f"可用的有: {'、'.join(shown)}")
    return text
