"""Which kind of violation a text means: the exemption entries by their codes, titles and everyday words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ..rulebook.catalogue import Exemption

_Names = Callable[[Exemption], Iterable[str]]

_NAMED_BY: tuple[_Names, ...] = (
    lambda entry: (entry.code,),
    lambda entry: (entry.basic_code,),
    lambda entry: (entry.title,),
    lambda entry: entry.keywords,
)
"""What names an entry, the surest first."""


class Violations:
    """Finds the exemption entry that a text names."""

    def __init__(self, exemptions: Mapping[str, Exemption]) -> None:
        self._tables = [_table(exemptions.values(), names) for names in _NAMED_BY]

    def code(self, text: str, organ: str) -> str:
        """The entry's code; empty where the text names none, or several and not just one of the organ's.

        A wrong kind would speak against a first violation: what is doubtful is left not known.
        """
        wanted = text.strip()
        for table in self._tables:
            found = table.get(wanted, ())
            if found:
                own = [entry for entry in found if entry.organ == organ] if len(found) > 1 else found
                return own[0].code if len(own) == 1 else ""
        return ""


def _table(exemptions: Iterable[Exemption], names: _Names) -> dict[str, list[Exemption]]:
    table: dict[str, list[Exemption]] = {}
    for entry in exemptions:
        for name in dict.fromkeys(name.strip() for name in names(entry)):
            if name:
                table.setdefault(name, []).append(entry)
    return table
