"""Pages of lists: how many things on one, and tokens that lead to the next.

A token says where the page before ended. It is sealed for the caller and all else that was asked: with other filters,
changed, or another caller's, it is refused. It never expires, and every worker reads it: what it leads to is looked up
anew, with the caller's rights of that moment. It shows codes, ids, days and numbers alone. The seal is keyed, since of
what was asked a citizen identity number may be a part, and there are few enough of them to be tried one by one.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence

import msgspec
from google.protobuf.message import Message

from ..errors import InvalidQuestion, PageTokenInvalid

LONGEST_TOKEN = 1_000
_SEAL_BYTES = 16
Position = Sequence[str | int]
Seal = Callable[[bytes], bytes]
"""A digest of at least 16 bytes, keyed by what the service alone has: `PersonKey.seal`."""


def page_size_asked(given: int, usual: int, most: int) -> int:
    """Things on a page: the usual number where none is given, at most `most`. Raises InvalidQuestion."""
    if given < 0:
        raise InvalidQuestion("每页条数不能为负", f"0 表示 {usual}, 最多 {most}", "page_size")
    return min(given or usual, most)


def _unkeyed(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


class Pages:
    """Reads and makes the tokens of one request."""

    def __init__(self, request: Message, caller: str, seal: Seal = _unkeyed) -> None:
        """`seal`: keyed wherever a request may name a person."""
        asked = type(request)()
        asked.CopyFrom(request)
        self._given: str = getattr(request, "page_token")  # noqa: B009 - every request for a list has it
        for name in ("page_token", "page_size"):
            asked.ClearField(name)
        content = hashlib.sha256(asked.SerializeToString(deterministic=True)).hexdigest()
        self._asked = (asked.DESCRIPTOR.full_name, caller, content)
        self._seal = seal

    def after(self) -> list[str | int] | None:
        """Where the page before ended; None on the first page. Raises PageTokenInvalid."""
        if not self._given:
            return None
        try:
            if len(self._given) > LONGEST_TOKEN:
                raise ValueError
            padded = self._given + "=" * (-len(self._given) % 4)
            whole = b64decode(padded.encode("ascii"), altchars=b"-_", validate=True)
            position = msgspec.json.decode(whole[_SEAL_BYTES:], type=list[str | int])
        except (ValueError, binascii.Error, msgspec.MsgspecError) as fault:
            raise _invalid() from fault
        if not position or not hmac.compare_digest(whole[:_SEAL_BYTES], self._sealed(position)):
            raise _invalid()
        return position

    def next(self, position: Position) -> str:
        """The token of the page that begins after a position."""
        token = self._sealed(position) + msgspec.json.encode(list(position))
        return urlsafe_b64encode(token).decode().rstrip("=")

    def _sealed(self, position: Position) -> bytes:
        return self._seal(msgspec.json.encode([*self._asked, *position]))[:_SEAL_BYTES]


def _invalid() -> PageTokenInvalid:
    hint = "用同样的条件, 从第一页(不带 page_token)重新开始"
    return PageTokenInvalid("翻页标记不对: 已损坏, 或不属于这次查询", hint, "page_token")
