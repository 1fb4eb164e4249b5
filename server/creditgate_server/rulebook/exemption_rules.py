"""What an entry of an exemption list comes to as a rule: the list's definitions and the entry's own conditions."""

from __future__ import annotations

from collections.abc import Sequence

from .catalogue import Citation, Correction, Element, Entry, ExemptionKind, FirstDefinition, Span
from .language import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    FactTest,
    FirstTest,
    GiveLeniency,
    Leniency,
    NoneOf,
    WithinTest,
)

_LENIENCY = {
    ExemptionKind.MINOR: Leniency.NO_PENALTY_MINOR,
    ExemptionKind.FIRST: Leniency.MAY_BE_EXEMPT,
    ExemptionKind.FINE_WAIVED: Leniency.FINE_MAY_BE_WAIVED,
    ExemptionKind.LIGHTER: Leniency.MAY_MITIGATE,
}
KIND_OF = {leniency: kind for kind, leniency in _LENIENCY.items()}
"""Kind of exemption by what its rule gives."""
UNDEFINED_CORRECTION = Correction(before_discovery=True, ordered=True)
"""Timely correction where a list does not define it: before the discovery, or by the end of the period ordered."""
_DISCOVERED, _CORRECTED, _DEADLINE = "discovered_on", "corrected_on", "deadline_on"


class Exclusion(Entry, frozen=True, kw_only=True):
    """Where a list's exemption does not apply (不适用情形)."""

    code: str
    title: str
    when: Condition
    basis: tuple[Citation, ...] = ()


def leniency_of(kind: ExemptionKind) -> Leniency:
    """What an entry of a kind gives."""
    return _LENIENCY[kind]


def kind_given(given: GiveLeniency) -> ExemptionKind | None:
    """The kind of entry that gives it; None: none does."""
    return KIND_OF.get(given.leniency)


def rule_id_of(exemption: str, listed: str, kind: ExemptionKind) -> str:
    """Id of the rule of an entry in a list, of one kind; versions share it. A list may have both kinds of one act."""
    return f"{exemption}-{listed}-{kind.value.replace('_', '-')}"


def exclusion_rule_id(owner: str, exclusion: str) -> str:
    """Id of the rule of an exclusion, of a list or of an entry in a list."""
    return f"{owner}-unless-{exclusion}"


def condition_of(
    own: Sequence[Condition],
    requires: Sequence[Element],
    first: FirstDefinition | None,
    corrected: Correction | None,
    unless: Sequence[Exclusion],
) -> Condition | None:
    """All that must hold: the entry's own conditions, the elements that are asked for, and no exclusion."""
    parts = [*own, *(_element(element, first, corrected) for element in requires)]
    if unless:
        parts.append(NoneOf(parts=tuple(exclusion.when for exclusion in unless)))
    return AllOf(parts=tuple(dict.fromkeys(parts))) if parts else None


def _element(element: Element, first: FirstDefinition | None, corrected: Correction | None) -> Condition:
    if element is Element.FIRST:
        return FirstTest(definition=first or FirstDefinition())
    if element is Element.CORRECTED:
        return correction_condition(corrected or UNDEFINED_CORRECTION)
    if element is Element.MINOR:
        return _flag("minor")
    values = ("none",) if element is Element.NO_HARM else ("none", "slight")
    return FactTest(fact="consequences", compare=Compare.IN, values=values)


def correction_condition(correction: Correction) -> Condition:
    """Any of the ways in which a correction is timely."""
    ways: list[Condition] = []
    same_day = Span()
    if correction.before_discovery:
        ways.append(NoneOf(parts=(WithinTest(fact=_DISCOVERED, since=_CORRECTED, span=same_day),)))
    if correction.on_the_spot:
        by_then = WithinTest(fact=_CORRECTED, since=_DISCOVERED, span=same_day)
        ways.append(AllOf(parts=(_flag("corrected_on_the_spot"), by_then)))
    if correction.ordered:
        by_deadline = WithinTest(fact=_CORRECTED, since=_DEADLINE, span=same_day)
        ways.append(AllOf(parts=(_flag("deadline_set"), by_deadline)))
    if correction.within is not None:
        ways.append(WithinTest(fact=_CORRECTED, since=_DISCOVERED, span=correction.within))
    return ways[0] if len(ways) == 1 else AnyOf(parts=tuple(ways))


def _flag(fact: str) -> FactTest:
    return FactTest(fact=fact, compare=Compare.IN, values=(1,))
