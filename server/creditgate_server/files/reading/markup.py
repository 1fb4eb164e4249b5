"""XML of Office files, read piece by piece: no DTD, no entities, no piece of markup without end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO
from xml.parsers import expat

from ...errors import SetupFault
from .cells import SAVE_AGAIN

MAIN = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
"""Namespace of sheets, in its usual and its strict form."""
_PIECE = 1 << 17
_LONGEST_MARK = 4 << 20
"""Bytes of one tag, comment or instruction, inclusive."""
_DEEPEST = 64
_ENCODINGS = ("utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "utf-16")

Attributes = dict[str, str]
Start = Callable[[str, Attributes], None]
End = Callable[[str], None]
Text = Callable[[str], None]


class Unfit(Exception):
    """A part that is no sound XML, or none that may stand in a workbook. Says why, in Chinese."""


class Handlers:
    """What is told of elements of the root's namespace, by their local names. Others are passed over with all in them.

    Set again at any time: the parser asks for them before every piece.
    """

    def __init__(self, start: Start, end: End, text: Text | None = None) -> None:
        self.start = start
        self.end = end
        self.text = text


def parsing(part: IO[bytes], handlers: Callable[[str], Handlers], root: str) -> Iterator[None]:
    """Parse a part; after each piece the caller may take what the handlers heard.

    `handlers` gets the prefix that names of the root's namespace have, such as `x:`, or nothing. Raises Unfit.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.buffer_size = 1 << 16
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.EntityDeclHandler = _refuse_doctype

    def first(name: str, attributes: Attributes) -> None:
        prefix, colon, local = name.rpartition(":")
        space = attributes.get(f"xmlns:{prefix}" if colon else "xmlns", "")
        if local != root or space not in MAIN:
            raise Unfit(f"应有 {root}, 却是 {name[:60]}")
        made = handlers(prefix + colon)
        parser.StartElementHandler = made.start
        parser.EndElementHandler = made.end
        parser.CharacterDataHandler = made.text

    parser.StartElementHandler = first
    fed = 0
    try:
        while piece := part.read(_PIECE):
            parser.Parse(piece, False)
            fed += len(piece)
            if fed - parser.CurrentByteIndex > _LONGEST_MARK:
                raise Unfit("有一个标记没有尽头")
            yield
        parser.Parse(b"", True)
        yield
    except expat.ExpatError as fault:
        raise Unfit(f"不是完好的 XML: {expat.errors.messages[fault.code]}, 第 {fault.lineno} 行") from fault
    except (UnicodeError, LookupError) as fault:
        raise Unfit("编码不能识别") from fault


def _refuse_doctype(*_: object) -> None:
    raise Unfit("含有 DTD 或实体")


def unreadable(told: str) -> SetupFault:
    """Fault of a workbook that can't be read."""
    return SetupFault(told, SAVE_AGAIN, "file")
