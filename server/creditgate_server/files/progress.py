"""How far the work is: bars on standard error where that is a terminal, nothing elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Bars:
    """A bar for each step, by its name."""

    def __init__(self, shown: Progress | None = None) -> None:
        """`shown`: None where nobody looks."""
        self._shown = shown
        self._steps: dict[str, TaskID] = {}

    @property
    def seen(self) -> bool:
        """Whether anybody looks: what would be counted for the bars alone need not be counted otherwise."""
        return self._shown is not None

    def step(self, name: str, total: int | None = None) -> Callable[[int], None]:
        """Begin a step; the function is told how many more are done. `total`: in all, where it is known."""
        if self._shown is None:
            return lambda _count: None
        shown, task = self._shown, self._shown.add_task(name, total=total)
        return lambda count: shown.advance(task, count)

    def reach(self, name: str, done: int, total: int) -> None:
        """Of a step so many are done."""
        if self._shown is not None:
            if name not in self._steps:
                self._steps[name] = self._shown.add_task(name)
            self._shown.update(self._steps[name], completed=done, total=total)


QUIET = Bars()


@contextmanager
def bars() -> Iterator[Bars]:
    """Bars while the work lasts."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield QUIET
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as shown:
        yield Bars(shown)
