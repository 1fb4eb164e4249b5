"""Parameters of a rule in words: what they are called, what they are worth on the rule's days, and on what basis.

The section `parameters` of the catalogue is read by the names of its fields, whatever else it holds: a catalogue
without it is none the worse.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from .catalogue import Catalogue, Citation
from .language import Rule
from .words import money_in_words


@dataclass(frozen=True, slots=True)
class ParameterValue:
    """A parameter's value for a period."""

    start: str
    """First day, ISO; empty where the value is not dated."""
    until: str
    """Last day, inclusive; empty where there is no end."""
    value: str
    basis: tuple[Citation, ...]

    def days(self) -> str:
        """The period in words."""
        end = f" 至 {self.until}" if self.until else " 起"
        return f"{self.start}{end}" if self.start else "不分日期"


@dataclass(frozen=True, slots=True)
class ParameterWords:
    """A parameter that a rule uses, with its value on the rule's days."""

    code: str
    title: str
    value: str
    """Empty where the catalogue has none for these days."""
    basis: tuple[Citation, ...]


def parameters_of(catalogue: Catalogue) -> Mapping[str, Mapping[str, Any]]:
    """The catalogue's parameters by code, as plain values; none where it has no such section."""
    found: Mapping[str, Mapping[str, Any]] = msgspec.to_builtins(getattr(catalogue, "parameters", {}))
    return found


def parameter_title(code: str, entry: Mapping[str, Any]) -> str:
    """What a parameter is called."""
    return str(entry.get("title") or entry.get("label") or code)


def parameter_values(entry: Mapping[str, Any]) -> tuple[ParameterValue, ...]:
    """The values of a parameter, each with its period, in the catalogue's order."""
    dated = entry.get("values") or entry.get("versions") or ([entry] if "value" in entry else [])
    return tuple(_value(entry, value) for value in dated)


def _value(entry: Mapping[str, Any], given: Mapping[str, Any]) -> ParameterValue:
    period = given.get("effective") or given
    basis = given.get("basis") or entry.get("basis") or ()
    return ParameterValue(
        start=str(period.get("from") or ""),
        until=str(period.get("until") or ""),
        value=_in_words(entry, given.get("value")),
        basis=tuple(msgspec.convert(citation, Citation) for citation in basis),
    )


def _in_words(entry: Mapping[str, Any], value: object) -> str:
    if entry.get("type") == "money" and isinstance(value, int):
        return money_in_words(value)
    unit = str(entry.get("unit") or "")
    return f"{value} {unit}" if unit else str(value)


def parameters_in_words(catalogue: Catalogue, rule: Rule) -> tuple[ParameterWords, ...]:
    """The parameters in a rule's condition. A version of a rule lies in one period of each of its parameters."""
    known = parameters_of(catalogue)
    return tuple(_used(code, known.get(code, {}), rule.effective.start.isoformat()) for code in rule.parameters)


def _used(code: str, entry: Mapping[str, Any], day: str) -> ParameterWords:
    for value in parameter_values(entry):
        if value.start <= day and (not value.until or day <= value.until):
            return ParameterWords(code, parameter_title(code, entry), value.value, value.basis)
    return ParameterWords(code, parameter_title(code, entry), "", ())
