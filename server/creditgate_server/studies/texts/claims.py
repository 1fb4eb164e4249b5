"""What a library claims that texts say: each thing with its days, its citations, and the numbers that it tells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from msgspec import UNSET

from ...rulebook.catalogue import (
    Catalogue,
    ExemptionList,
    ListEntry,
    Objection,
    Parameter,
    ParameterValue,
    Period,
    RecordKind,
    Terms,
)
from ...rulebook.check_wording import PARAMETER_UNITS, numbers_of, of_first_definition, of_span
from ...rulebook.language import Place, Rule
from ...rulebook.load import LoadedRuleSet
from ...rulebook.numbers import Quantity, Scale, quantities
from ...rulebook.reader_exemptions import EntryVersion
from ...rulebook.reader_verification import CitedAt, Thing

COMPARED = frozenset(
    {
        Scale.MONTHS,
        Scale.DAYS,
        Scale.WORKING_DAYS,
        Scale.HOURS,
        Scale.MONEY,
        Scale.AGE,
        Scale.SHARE,
    }
)
"""Units of which a text has the numbers that rest on it: lengths of time, sums, ages, shares."""


@dataclass(frozen=True, slots=True)
class NumberTold:
    """A number with the place where it stands."""

    quantity: Quantity
    place: Place
    what: str
    """Where it stands, in Chinese: 标题, 参数的值."""


@dataclass(frozen=True, slots=True)
class ThingClaim:
    """One thing of the library, as it is held against the texts."""

    of: str
    place: Place
    citations: tuple[CitedAt, ...]
    life: Period | None
    """Days on which it speaks; None where it says none, or where one law follows another within it."""
    told: tuple[NumberTold, ...]
    """Numbers that one of the cited texts has to contain."""


def claims(loaded: LoadedRuleSet) -> tuple[ThingClaim, ...]:
    """All things that cite, in the order in which the library has them."""
    catalogue = loaded.rule_set.catalogue
    parameters: dict[str, set[str]] = defaultdict(set)
    for rule in loaded.rule_set.rules:
        parameters[rule.id].update(rule.parameters)
    found = []
    for thing in loaded.register.things.values():
        if thing.of.startswith("instrument/"):
            continue
        life, numbers = _said(thing, catalogue, parameters)
        told = tuple(one for one in dict.fromkeys(numbers) if one.quantity.unit in COMPARED)
        cited = tuple(CitedAt(at.citation, _article_place(thing, at.place)) for at in thing.citations)
        found.append(ThingClaim(thing.of, thing.place, cited, life, () if thing.own_practice else told))
    return tuple(found)


def _article_place(thing: Thing, place: Place) -> Place:
    """Where the article of a citation stands, or else the citation."""
    paths = (path for path, at in thing.placed.places.items() if at == place)
    return next((at for path in paths if (at := thing.placed.places.get((*path, "article")))), place)


def _said(
    thing: Thing, catalogue: Catalogue, parameters: Mapping[str, Iterable[str]]
) -> tuple[Period | None, Iterator[NumberTold]]:
    value = thing.placed.value
    if isinstance(value, Rule):
        return value.effective, _of_rule(thing, value, catalogue, parameters[value.id])
    if isinstance(value, EntryVersion):
        return value.effective or catalogue.exemption_lists[value.list].effective, _of_entry(thing, value, catalogue)
    if isinstance(value, ExemptionList):
        return value.effective, _of_list(thing, value)
    if isinstance(value, Parameter):
        position = _position(thing, "values", len(value.values))
        return value.values[position].effective, _of_value(thing, value, value.values[position], position)
    if isinstance(value, RecordKind | ListEntry):
        position = _position(thing, "terms", len(value.terms))
        if position >= 0:
            terms = value.terms[position]
            return None if terms.effective is UNSET else terms.effective, _of_terms(thing, terms, position)
    if isinstance(value, Objection):
        return value.effective, _of_objection(thing, value)
    return getattr(value, "effective", None), iter(())


def _position(thing: Thing, field: str, count: int) -> int:
    """Which part of the entry the thing is; -1 for the entry itself."""
    return next((one for one in range(count) if thing.placed.places.get((field, one)) == thing.place), -1)


def _in_text(text: str, place: Place, what: str) -> Iterator[NumberTold]:
    for one in quantities(text):
        yield NumberTold(one, place, what)


def _of_rule(thing: Thing, rule: Rule, catalogue: Catalogue, used: Iterable[str]) -> Iterator[NumberTold]:
    """Without the values of its parameters: these are things of their own, or of the city's own practice."""
    parameters = [catalogue.parameters[code] for code in used]
    named = [number for one in parameters for value in one.values if (number := _value_of(one, value)) is not None]
    for told in _in_text(rule.title, thing.placed.at("title"), "标题"):
        if not any(told.quantity.same_number(one) for one in named):
            yield told
    for number in numbers_of(rule.when, catalogue):
        if number.value and not any(number.same_number(one) for one in named):
            yield NumberTold(number, thing.placed.at("when"), "条件")


def _of_entry(thing: Thing, version: EntryVersion, catalogue: Catalogue) -> Iterator[NumberTold]:
    yield from _in_text(version.circumstances, thing.placed.at("circumstances"), "适用情形")
    for position, condition in enumerate(version.when):
        for number in numbers_of(condition, catalogue):
            yield NumberTold(number, thing.placed.at("when", position), "条件")
    if version.first is not None:
        for number in of_first_definition(version.first):
            yield NumberTold(number, thing.placed.at("first"), "初次违法的期间")
    if version.corrected is not None and version.corrected.within is not None:
        for number in of_span(version.corrected.within):
            yield NumberTold(number, thing.placed.at("corrected", "within"), "改正期限")


def _of_list(thing: Thing, listed: ExemptionList) -> Iterator[NumberTold]:
    if listed.first is not None:
        for number in of_first_definition(listed.first):
            yield NumberTold(number, thing.placed.at("first"), "初次违法的期间")
    if listed.corrected is not None and listed.corrected.within is not None:
        for number in of_span(listed.corrected.within):
            yield NumberTold(number, thing.placed.at("corrected", "within"), "改正期限")
    if listed.recheck is not None:
        for number in of_span(listed.recheck):
            yield NumberTold(number, thing.placed.at("recheck"), "复查期限")


def _of_value(thing: Thing, parameter: Parameter, value: ParameterValue, position: int) -> Iterator[NumberTold]:
    number = _value_of(parameter, value)
    if number is not None:
        yield NumberTold(number, thing.placed.at("values", position, "value"), "参数的值")


def _value_of(parameter: Parameter, value: ParameterValue) -> Quantity | None:
    unit = PARAMETER_UNITS.get(parameter.type)
    return None if unit is None else Quantity(value.value * unit[1], unit[0])


def _of_terms(thing: Thing, terms: Terms, position: int) -> Iterator[NumberTold]:
    fields = (("lasts_months", terms.lasts_months), ("repair_after_months", terms.repair_after_months))
    for field, months in fields:
        if months is not None:
            yield NumberTold(Quantity(Fraction(months), Scale.MONTHS), thing.placed.at("terms", position, field), field)
    yield from _in_text(terms.condition, thing.placed.at("terms", position, "condition"), "修复条件")


def _of_objection(thing: Thing, objection: Objection) -> Iterator[NumberTold]:
    if objection.within is not None:
        for number in of_span(objection.within):
            yield NumberTold(number, thing.placed.at("within"), "期限")
    yield from _in_text(objection.text, thing.placed.at("text"), "说明")
