"""An entry that cites the law of no penalty asks for each element of its sentence: what is lost is told at its place.

Source: 行政处罚法 (2021) 第三十三条第一款; 行政处罚法 (2017) 第二十七条第二款.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from creditgate_server.rulebook.catalogue import Element, FactEntry, FactSource, FactType, Span
from creditgate_server.rulebook.check_elements import elements_of
from creditgate_server.rulebook.exemption_rules import UNDEFINED_CORRECTION, correction_condition
from creditgate_server.rulebook.language import AllOf, AnyOf, Compare, Condition, FactTest, NoneOf, WithinTest
from creditgate_server.rulebook.load import LoadedRuleSet
from creditgate_server.rulebook.verification import FOLDER

from ..commands import command
from ..shared import RULES, library

EXEMPTIONS = "exemptions"


def planted(real: LoadedRuleSet, rule: str, before: str, after: str, copy: Path) -> tuple[Path, int, str]:
    """A copy of the library without its register, one line of a version of an entry changed; the line as it is now."""
    for name, text in _files(real).items():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_bytes(text)
    place = next(real.places[one.key] for one in real.rule_set.rules if one.id == rule)
    file = copy / Path(place.file).relative_to(RULES)
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    number = next(number for number in range(place.line - 1, len(lines)) if re.search(before, lines[number]))
    lines[number] = re.sub(before, after, lines[number], count=1)
    file.write_text("".join(lines), encoding="utf-8")
    return file, number + 1, lines[number]


def _files(real: LoadedRuleSet) -> dict[str, bytes]:
    return {name: text for name, text in real.files.items() if not name.startswith(f"{FOLDER}/")}


@pytest.mark.parametrize(
    ("rule", "before", "after", "at", "told"),
    [
        # the second sentence: first, slight, corrected
        (
            "e01-zibo-eco-2024-first",
            r"first, slight_harm, corrected",
            "first, corrected",
            "[first",
            "首违不罚还要求危害后果轻微, 本项没有要求",
        ),
        (
            "e01-zibo-eco-2024-first",
            r"first, slight_harm, corrected",
            "slight_harm",
            "[slight",
            "首违不罚还要求初次违法、及时改正, 本项没有要求",
        ),
        # the first sentence: minor, corrected, no harm; slight harm is not none
        (
            "m30-samr-2025-1-minor",
            r"minor, corrected, no_harm",
            "first, slight_harm, corrected",
            "[first",
            "轻微不罚还要求没有造成危害后果、违法行为轻微, 本项没有要求",
        ),
        # a bound from above is no absence of harm
        (
            "f01-sh-fire-minor",
            r"^( *)kind: minor\n",
            r"\1kind: minor\n\1requires: [corrected]\n",
            "",
            "轻微不罚还要求没有造成危害后果, 本项没有要求",
        ),
    ],
)
def test_an_element_that_is_lost_is_told_at_its_place(
    rule: str, before: str, after: str, at: str, told: str, tmp_path: Path
):
    file, line, text = planted(library(), rule, before, after, tmp_path / "rules")
    said = command("rules", "check", tmp_path / "rules", "--no-proof", "--no-analysis")
    assert said.returncode == 1
    found = [one for one in said.stdout.splitlines() if told in one]
    assert len(found) == 1, said.stdout
    assert f"[{rule}]" in found[0]
    assert "→ requires 里补上 " in found[0]
    place = f"{file}:{line}:{text.index(at) + 1}: " if at else f"{file}:{line + 1}:"
    assert found[0].startswith(place), (place, found[0])


def test_the_law_of_2017_has_no_first_offence(tmp_path: Path):
    file, line, text = planted(
        library(), "t01-tax-2021-1-first", r"\[\{instrument: tax-2016-78,.*\]",
        "[{instrument: penalty-law-2017, article: 第二十七条第二款}]", tmp_path / "rules",
    )  # fmt: skip
    said = command("rules", "check", tmp_path / "rules", "--no-proof", "--no-analysis")
    assert said.returncode == 1
    found = [one for one in said.stdout.splitlines() if "没有首违不罚" in one]
    assert len(found) == 1, said.stdout
    assert found[0].startswith(
        f"{file}:{line}:{text.index('{') + 1}: 中华人民共和国行政处罚法(2017修正)第二十七条第二款"
    )
    assert "→ 改 kind, 或者引真正这样规定的条款" in found[0]


class Facts:
    """The facts that the conditions below look at."""

    facts = {  # noqa: RUF012
        name: FactEntry(name=name, label=name, type=kind, source=FactSource.CIRCUMSTANCE)
        for name, kind in (("goods_value", FactType.MONEY), ("days_lasted", FactType.WHOLE), ("minor", FactType.FLAG))
    }


def at_most(fact: str, value: int) -> FactTest:
    return FactTest(fact=fact, compare=Compare.AT_MOST, values=(value,))


def flag(fact: str, *values: int | str) -> FactTest:
    return FactTest(fact=fact, compare=Compare.IN, values=values)


SLIGHT = {Element.MINOR, Element.SLIGHT_HARM}
LATER = WithinTest(fact="paid_on", since="deadline_on", span=Span())


@pytest.mark.parametrize(
    ("condition", "elements"),
    [
        (None, set()),
        (at_most("goods_value", 50000), SLIGHT),
        (FactTest(fact="days_lasted", compare=Compare.AT_LEAST, values=(20,)), set()),
        (flag("minor", 1), {Element.MINOR}),
        (flag("minor", 0), set()),
        (flag("minor", 0, 1), set()),
        (flag("consequences", "none"), {Element.NO_HARM, Element.SLIGHT_HARM}),
        (flag("consequences", "none", "slight"), {Element.SLIGHT_HARM}),
        (flag("consequences", "none", "slight", "more"), set()),
        (flag("pollution_caused", 0), {Element.NO_HARM, Element.SLIGHT_HARM}),
        (flag("pollution_caused", 1), set()),
        (flag("rescue_affected", 0), {Element.SLIGHT_HARM}),
        (flag("cooperative", 1), set()),
        (flag("food_incident", 0), set()),
        (correction_condition(UNDEFINED_CORRECTION), {Element.CORRECTED}),
        (LATER, set()),
        # every branch has to have it
        (AnyOf(parts=(at_most("goods_value", 1), flag("minor", 1))), {Element.MINOR}),
        (AnyOf(parts=(at_most("goods_value", 1), LATER)), set()),
        (AllOf(parts=(flag("minor", 1), flag("pollution_caused", 0))), {*SLIGHT, Element.NO_HARM}),
        # what excludes an entry asks for nothing
        (NoneOf(parts=(at_most("goods_value", 1), flag("minor", 1))), set()),
    ],
)
def test_what_stands_for_an_element(condition: Condition | None, elements: set[Element]):
    assert elements_of(condition, Facts()) == elements
