"""Checks that an entry of an exemption list which cites the law of no penalty asks for what the law asks for.

Two sentences give no penalty. 轻微不罚: the act is minor, corrected in time, without harmful consequences. 首违不罚:
it is the first, its consequences are slight, it is corrected in time. An entry's `requires` takes the place of its
list's, so that an element gets lost without a word. A condition of the entry's own stands for an element where it is
what the list calls slight: a bound from above (不超过五百元, 不满六个月) for 违法行为轻微 or 危害后果轻微, never for
没有造成危害后果; or one of the answers below.

Source: 行政处罚法 (2021) 第三十三条第一款; 行政处罚法 (2017) 第二十七条第二款, which has the first sentence alone.
"""

from __future__ import annotations

from .catalogue import Catalogue, Citation, Element, ExemptionKind, FactType
from .exemption_rules import kind_given
from .language import Compare, Condition, FactTest, Leaf, Rule, WithinTest, fold, fold_test
from .library import Library, PlacedValue
from .source import Faults

_MINOR = frozenset({Element.MINOR, Element.CORRECTED, Element.NO_HARM})
_FIRST = frozenset({Element.FIRST, Element.SLIGHT_HARM, Element.CORRECTED})
_SENTENCES = {
    ("penalty-law", "第三十三条第一款"): {ExemptionKind.MINOR: _MINOR, ExemptionKind.FIRST: _FIRST},
    ("penalty-law-2017", "第二十七条第二款"): {ExemptionKind.MINOR: _MINOR},
}
"""What each kind of exemption asks for, by the article that gives it."""
_TITLES = {
    Element.FIRST: "初次违法",
    Element.CORRECTED: "及时改正",
    Element.NO_HARM: "没有造成危害后果",
    Element.SLIGHT_HARM: "危害后果轻微",
    Element.MINOR: "违法行为轻微",
}
_KINDS = {
    ExemptionKind.MINOR: "轻微不罚",
    ExemptionKind.FIRST: "首违不罚",
    ExemptionKind.FINE_WAIVED: "免予罚款",
    ExemptionKind.LIGHTER: "从轻、减轻",
}
_UPPER = (Compare.LESS, Compare.AT_MOST)
_SLIGHT = frozenset({Element.MINOR, Element.SLIGHT_HARM})
_HARMLESS = frozenset({Element.NO_HARM, Element.SLIGHT_HARM})
_AT_MOST_SLIGHT = frozenset({Element.SLIGHT_HARM})
_ONLY_MINOR = frozenset({Element.MINOR})
_CORRECTED = frozenset({Element.CORRECTED})
_Answer = int | str
_ANSWERS: dict[str, tuple[tuple[frozenset[_Answer], frozenset[Element]], ...]] = {
    "minor": ((frozenset({1}), _ONLY_MINOR),),
    "consequences": (
        (frozenset({"none"}), _HARMLESS),
        (frozenset({"none", "slight"}), _AT_MOST_SLIGHT),
    ),
    # what the list looks at instead of the consequences
    "pollution_caused": ((frozenset({0}), _HARMLESS),),
    "planting_damaged": ((frozenset({0}), _HARMLESS),),
    "visible_pollution": ((frozenset({0}), _AT_MOST_SLIGHT),),
    "rescue_affected": ((frozenset({0}), _AT_MOST_SLIGHT),),
    "fire_spread": ((frozenset({0}), _AT_MOST_SLIGHT),),
    "road_damage": ((frozenset({"none", "slight"}), _AT_MOST_SLIGHT),),
    "misleading": ((frozenset({"none", "slight"}), _AT_MOST_SLIGHT),),
    # what the list calls a minor act
    "system_works": ((frozenset({1}), _ONLY_MINOR),),
    "equipment_working": ((frozenset({1}), _ONLY_MINOR),),
    "small_scale": ((frozenset({1}), _ONLY_MINOR),),
    "early_stage": ((frozenset({1}), _ONLY_MINOR),),
    "in_use": ((frozenset({0}), _ONLY_MINOR),),
    "drug_effect_affected": ((frozenset({0}), _ONLY_MINOR),),
    "ph_from_5_to_10": ((frozenset({1}), _SLIGHT),),
    # a list that came in as a workbook: a person answers for the whole of its text
    "circumstances_fit": ((frozenset({1}), frozenset(Element)),),
    # what corrects the act on the spot
    "corrected_on_the_spot": ((frozenset({1}), _CORRECTED),),
    "corrected_before_order": ((frozenset({1}), _CORRECTED),),
    "stopped_at_once": ((frozenset({1}), _CORRECTED),),
    "stopped_or_restored": ((frozenset({1}), _CORRECTED),),
    "closed_or_dismantled": ((frozenset({1}), _CORRECTED),),
    "production_stopped": ((frozenset({1}), _CORRECTED),),
    "road_restored": ((frozenset({1}), _CORRECTED),),
}
"""By fact: answers that stand for elements, where the condition lets no other answer through."""


def check_elements(library: Library, catalogue: Catalogue, faults: Faults) -> None:
    """Note every entry that cites an article which asks for more than the entry does, or does not know its kind."""
    for placed in library.rules:
        exempting = placed.value.exempting
        if exempting is None or not exempting.list:
            continue
        kind = kind_given(exempting)
        if kind is not None:
            for position, citation in enumerate(placed.value.basis):
                _check_citation(placed, kind, citation, position, catalogue, faults)


def _check_citation(
    placed: PlacedValue[Rule],
    kind: ExemptionKind,
    citation: Citation,
    position: int,
    catalogue: Catalogue,
    faults: Faults,
) -> None:
    rule, sentences = placed.value, _SENTENCES.get((citation.instrument, citation.article))
    if sentences is None:
        return
    instrument = catalogue.instruments.get(citation.instrument)
    name = f"{instrument.title if instrument else citation.instrument}{citation.article}"
    if kind not in sentences:
        hint = "改 kind, 或者引真正这样规定的条款"
        faults.add(placed.at("basis", position), f"{name}没有{_KINDS[kind]}", hint, rule.id)
        return
    asked = elements_of(rule.when, catalogue)
    lacking = [element for element in Element if element in sentences[kind] - asked]
    if lacking:
        message = f"{name}的{_KINDS[kind]}还要求{'、'.join(_TITLES[element] for element in lacking)}, 本项没有要求"
        codes = "、".join(element.value for element in lacking)
        hint = f"requires 里补上 {codes}; 本项写了 requires 的, 清单的就不再算"
        faults.add(placed.at("requires"), message, hint, rule.id)


def elements_of(condition: Condition | None, catalogue: Catalogue) -> frozenset[Element]:
    """The elements of the law that hold whenever the condition holds."""
    if condition is None:
        return frozenset()
    return fold(
        condition,
        all_of=lambda parts: frozenset().union(*(elements_of(part, catalogue) for part in parts)),
        any_of=lambda parts: frozenset.intersection(*(elements_of(part, catalogue) for part in parts)),
        none_of=lambda parts: _of_none(parts),
        test=lambda test: _of_test(test, catalogue),
    )


def _of_none(parts: tuple[Condition, ...]) -> frozenset[Element]:
    """Corrected before it was discovered is written as: not discovered on or before the day of the correction."""
    days = any(isinstance(part, WithinTest) and part.since == "corrected_on" for part in parts)
    return _CORRECTED if days else frozenset()


def _of_test(test: Leaf, catalogue: Catalogue) -> frozenset[Element]:
    nothing: frozenset[Element] = frozenset()
    return fold_test(
        test,
        fact=lambda one: _of_fact(one, catalogue),
        age=lambda _: nothing,
        records=lambda _: nothing,
        related=lambda _: nothing,
        finding=lambda _: nothing,
        within=lambda one: _CORRECTED if one.fact == "corrected_on" else nothing,
        first=lambda _: frozenset({Element.FIRST}),
    )


def _of_fact(test: FactTest, catalogue: Catalogue) -> frozenset[Element]:
    if test.compare is not Compare.IN:
        fact = catalogue.facts.get(test.fact)
        bounded = fact is not None and fact.type in (FactType.WHOLE, FactType.MONEY) and test.compare in _UPPER
        return _SLIGHT if bounded else frozenset()
    answers = frozenset(test.values)
    return frozenset().union(*(stands for wanted, stands in _ANSWERS.get(test.fact, ()) if answers <= wanted))
