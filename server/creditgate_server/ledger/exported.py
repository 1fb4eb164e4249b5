"""A receipt as one canonical JSON text: the payload, and beside it the contents with the salts that open them."""

from __future__ import annotations

import msgspec

from .receipt import Receipt, contents

_NOTHING = msgspec.Raw(b"null")


class ReceiptExport(msgspec.Struct, frozen=True, kw_only=True):
    """The text's layout. Canonical JSON of `payload` alone has the receipt's hash."""

    payload: msgspec.Raw
    question: msgspec.Raw
    """null once erased."""
    question_salt: str | None
    """Hexadecimal; null once erased, and up to format 2."""
    decision: msgspec.Raw
    decision_salt: str | None


def exported(receipt: Receipt) -> bytes:
    """The text. Raises msgspec.MsgspecError for a payload that is none."""
    inside = contents(receipt)
    return msgspec.json.encode(
        ReceiptExport(
            payload=msgspec.Raw(receipt.payload),
            question=_raw(inside.question),
            question_salt=_hex(receipt.question_salt),
            decision=_raw(inside.decision),
            decision_salt=_hex(receipt.decision_salt),
        ),
        order="sorted",
    )


def _raw(content: bytes | None) -> msgspec.Raw:
    return _NOTHING if content is None else msgspec.Raw(content)


def _hex(salt: bytes | None) -> str | None:
    return None if salt is None else salt.hex()
