"""Groups whose commands are imported when they are asked for: the whole service takes long, a command needs a part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module
from typing import Any, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group


def lazily(package: str, places: Mapping[str, str]) -> type[TyperGroup]:
    """A class for `typer.Typer(cls=…)`.

    `places`: names of commands, in the order of the help, to where they are: `.module:name` in the package, a function
    or a `typer.Typer`.
    """

    class LazyGroup(TyperGroup):
        def __init__(self, **attributes: Any) -> None:  # noqa: ANN401 - as its base takes them
            super().__init__(**attributes)
            self.commands = cast(MutableMapping[str, Any], _Commands(package, places))

    return LazyGroup


class _Commands(Mapping[str, TyperCommand | TyperGroup]):
    """Commands by name, each made when it is first asked for."""

    def __init__(self, package: str, places: Mapping[str, str]) -> None:
        self._package = package
        self._places = places
        self._made: dict[str, TyperCommand | TyperGroup] = {}

    def __getitem__(self, name: str) -> TyperCommand | TyperGroup:
        if name not in self._made:
            self._made[name] = _command(name, self._package, self._places[name])
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def _command(name: str, package: str, place: str) -> TyperCommand | TyperGroup:
    module, _, inside = place.partition(":")
    found = getattr(import_module(module, package), inside)
    if not isinstance(found, typer.Typer):
        alone = typer.Typer(add_completion=False)
        alone.command(name)(found)
        return cast(TyperCommand, get_command(alone))
    group = get_group(found)
    group.name = name
    return group
