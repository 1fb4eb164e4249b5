"""What was used last is kept at hand, by key; the least recently used goes first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """At most so many values. Not safe in several threads."""

    def __init__(self, most: int, give_back: Callable[[Value], None] | None = None) -> None:
        """`give_back`: told each value that goes."""
        self._most = most
        self._give_back = give_back
        self._values: OrderedDict[Key, Value] = OrderedDict()

    def __contains__(self, key: Key) -> bool:
        return key in self._values

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: Key) -> Value | None:
        """The value of a key, which is now the last one used; None where it is not at hand."""
        value = self._values.get(key)
        if value is not None:
            self._values.move_to_end(key)
        return value

    def put(self, key: Key, value: Value) -> Value:
        """Keep a value; others go where there are too many, itself where none is kept."""
        self._values[key] = value
        self._values.move_to_end(key)
        while len(self._values) > self._most:
            self._drop()
        return value

    def made(self, key: Key, make: Callable[[], Value]) -> Value:
        """The value of a key, made where it is not at hand."""
        value = self.get(key)
        return self.put(key, make()) if value is None else value

    def clear(self) -> None:
        """Keep none of them."""
        while self._values:
            self._drop()

    def _drop(self) -> None:
        _, value = self._values.popitem(last=False)
        if self._give_back is not None:
            self._give_back(value)
