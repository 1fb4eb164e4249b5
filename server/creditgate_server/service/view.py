"""How much an answer tells: AnswerView BASIC leaves codes, days and what decides."""

from __future__ import annotations

from functools import cache

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message

_WORDS = frozenset(
    (
        *(
            "title",
            "label",
            "supplier",
            "reason",
            "instruction",
            "frequency",
            "circumstances",
            "remark",
            "note",
            "number",
        ),
        *("basis", "evidence", "remedies", "condition", "found", "message"),
    )
)
"""Fields that BASIC leaves out, wherever they stand."""


def leave_codes(message: Message) -> None:
    """Take words, basis and evidence out of an answer."""
    for name, within, repeated in _plan(message.DESCRIPTOR):
        if not within:
            message.ClearField(name)
        elif repeated:
            for one in getattr(message, name):
                leave_codes(one)
        elif message.HasField(name):
            leave_codes(getattr(message, name))


@cache
def _plan(descriptor: Descriptor) -> tuple[tuple[str, bool, bool], ...]:
    """Name; whether to look within it, or to clear it; whether it is repeated."""
    return tuple(
        (field.name, field.name not in _WORDS, field.is_repeated)
        for field in descriptor.fields
        if field.name in _WORDS or (field.message_type is not None and not _is_plain(field.message_type))
    )


def _is_plain(descriptor: Descriptor) -> bool:
    return descriptor.full_name.startswith("google.")
