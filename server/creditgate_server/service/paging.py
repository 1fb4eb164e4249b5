"""Pages of lists: how many things on one, and tokens that lead to the next.

A token says where the page before ended. It is bound to the caller and to all else that was asked: with other filters,
or another caller's, it is refused. It holds nothing secret and no personal data, and never expires: what it leads to is
looked up anew, with the caller's rights of that moment.
"""

from __future__ import annotations

import binascii
import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

import msgspec
from google.protobuf.message import Message

from ..errors import InvalidQuestion, PageTokenInvalid

LONGEST_TOKEN = 1_000
_BOUND_BYTES = 12
Position = Sequence[str | int]


def page_size_asked(given: int, usual: int, most: int) -> int:
    """Things on a page: the usual number where none is given, at most `most`. Raises InvalidQuestion."""
    if given < 0:
        raise InvalidQuestion("每页条数不能为负", f"0 表示 {usual}, 最多 {most}", "page_size")
    return min(given or usual, most)


class Pages:
    """Reads and makes the tokens of one request."""

    def __init__(self, request: Message, caller: str) -> None:
        asked = type(request)()
        asked.CopyFrom(request)
        self._given: str = getattr(request, "page_token")  # noqa: B009 - every request for a list has it
        for name in ("page_token", "page_size"):
            asked.ClearField(name)
        content = asked.SerializeToString(deterministic=True)
        named = f"{asked.DESCRIPTOR.full_name}\n{caller}\n".encode()
        self._bound = hashlib.sha256(named + content).digest()[:_BOUND_BYTES]

    def after(self) -> list[str | int] | None:
        """Where the page before ended; None on the first page. Raises PageTokenInvalid."""
        if not self._given:
            return None
        try:
            if len(self._given) > LONGEST_TOKEN:
                raise ValueError
            whole = urlsafe_b64decode(self._given.encode("ascii"))
            position = msgspec.json.decode(whole[_BOUND_BYTES:], type=list[str | int])
        except (ValueError, binascii.Error, msgspec.MsgspecError) as fault:
            raise _invalid() from fault
        if whole[:_BOUND_BYTES] != self._bound or not position:
            raise _invalid()
        return position

    def next(self, position: Position) -> str:
        """The token of the page that begins after a position."""
        return urlsafe_b64encode(self._bound + msgspec.json.encode(list(position))).decode()


def _invalid() -> PageTokenInvalid:
    hint = "用同样的条件, 从第一页(不带 page_token)重新开始"
    return PageTokenInvalid("翻页标记不对: 已损坏, 或不属于这次查询", hint, "page_token")
