"""Parameters in words: what they are called, what they are worth on a rule's days, and on what basis."""

from __future__ import annotations

from dataclasses import dataclass

from .catalogue import Catalogue, Citation, Parameter, ParameterType, Period
from .language import Rule
from .words import money_in_words

_UNITS = {
    ParameterType.WHOLE: "",
    ParameterType.MONTHS: " 个月",
    ParameterType.DAYS: " 日",
    ParameterType.PERCENT: "%",
}


@dataclass(frozen=True, slots=True)
class ParameterWords:
    """A parameter that a rule uses, with its value on the rule's days."""

    code: str
    title: str
    value: str
    basis: tuple[Citation, ...]


def number_in_words(parameter: Parameter, value: int) -> str:
    """A value with its unit."""
    if parameter.type is ParameterType.MONEY:
        return money_in_words(value)
    return f"{value}{_UNITS[parameter.type]}"


def days_in_words(period: Period) -> str:
    """A period in words."""
    return f"{period.start} 至 {period.until}" if period.until else f"{period.start} 起"


def parameters_in_words(catalogue: Catalogue, rule: Rule) -> tuple[ParameterWords, ...]:
    """The parameters in a rule's condition. A version of a rule lies in one period of each of its parameters."""
    found = []
    for code in rule.parameters:
        parameter = catalogue.parameters[code]
        value = next(one for one in parameter.values if one.effective.holds_on(rule.effective.start))
        found.append(ParameterWords(code, parameter.title, number_in_words(parameter, value.value), value.basis))
    return tuple(found)
