"""How a file's columns are understood: which form it is of, what each column brings, and what nobody knows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import SetupFault
from ..rulebook.catalogue import Catalogue, FactEntry, FactSource
from .fields import FIELDS, FIELDS_OF, FieldType, FileKind
from .forms import NO_MAPPING, Column, ExportForm, FormMapping, Forms
from .headers import Unit, apart_from_unit, looks_like, one_spelling

_MAY_STAND_TWICE = frozenset({"name"})
"""Fields that two columns may bring: the first one counts."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What one column brings."""

    place: int
    """From 0."""
    header: str
    field: str = ""
    """Empty: nothing."""
    fact: FactEntry | None = None
    unit: Unit | None = None
    aside: bool = False
    """The form or the mapping says that it brings nothing."""

    @property
    def meaning(self) -> str:
        """In Chinese."""
        if self.fact is not None:
            return self.fact.label
        if self.field:
            return FIELDS[self.field].title
        return "不取用" if self.aside else "没有对应的字段"


@dataclass(frozen=True, slots=True)
class Understanding:
    """A file's headers as a form and a mapping explain them."""

    form: ExportForm
    headers: tuple[str, ...]
    columns: tuple[Understood, ...]
    constants: dict[str, str]
    values: dict[str, dict[str, str]]
    """By field or fact; texts in one spelling."""
    adds: bool
    places: dict[str, int] = field(default_factory=dict)
    """Field to column."""
    facts: dict[int, FactEntry] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    certain_units: frozenset[str] = frozenset()
    """Amounts whose unit the header or the mapping names."""

    @property
    def unknown(self) -> tuple[str, ...]:
        """Headers that bring nothing and that no form knows."""
        return tuple(one.header for one in self.columns if not one.field and one.fact is None and not one.aside)


class Understander:
    """Finds the form of a file. Made once for an import."""

    def __init__(self, forms: Forms, catalogue: Catalogue, mapping: FormMapping = NO_MAPPING) -> None:
        """Raises SetupFault for a mapping of a form that there is none of."""
        if mapping.form and mapping.form not in forms:
            raise SetupFault(f"没有表样 {mapping.form}", "可用的有 " + "、".join(forms), "--mapping")
        self._mapping = mapping
        chosen = [forms[mapping.form]] if mapping.form else list(forms.values())
        self._forms = [(_mapped(form, mapping), form) for form in chosen]
        facts = [fact for fact in catalogue.facts.values() if fact.source is FactSource.ATTRIBUTE]
        self._facts = {one_spelling(name): fact for fact in facts for name in (fact.name, fact.label)}

    def is_header(self, cells: Sequence[str]) -> bool:
        """Whether a row has the headers of a form."""
        return self._form(_by_spelling(enumerate(cells))) is not None

    def understand(self, headers: Sequence[str], path: Path) -> Understanding:
        """Raises SetupFault for headers of no form, that stand twice, or that look like a value and are not known."""
        _refuse_doubled(headers)
        given = _by_spelling(enumerate(headers))
        found = self._form(given)
        if found is None:
            raise self._unknown_form(given, path)
        columns, form = found
        fields = self._fields(columns, given, headers)
        understood = tuple(self._understood(place, header, form, fields) for place, header in enumerate(headers))
        result = Understanding(
            form=form,
            headers=tuple(headers),
            columns=understood,
            constants=form.constants | self._mapping.constants,
            values=_dictionaries(form.values, self._mapping.values),
            adds=form.adds or self._mapping.adds,
            places={one.field: one.place for one in reversed(understood) if one.field},
            facts={one.place: one.fact for one in understood if one.fact is not None},
            units={one.field: one.unit for one in understood if one.field and one.unit is not None},
            certain_units=frozenset(
                one.field
                for one in understood
                if one.field in self._mapping.units or apart_from_unit(one_spelling(one.header))[1] is not None
            ),
        )
        _refuse_unknown(result)
        return result

    # -- the form -----------------------------------------------------------------------------------------------------

    def _form(self, given: dict[str, int]) -> tuple[tuple[Column, ...], ExportForm] | None:
        fitting = []
        for columns, form in self._forms:
            required = [column for column in columns if column.required]
            if not all(_place(column, given) is not None for column in required):
                continue
            if form.kind is FileKind.SUBJECTS and not any(spelt in self._facts for spelt in given):
                continue  # any file has codes: what makes it one of subjects are their attributes
            matched = sum(_place(column, given) is not None for column in columns)
            fitting.append((len(required), matched, columns, form))
        if not fitting:
            return None
        _, _, columns, form = max(fitting, key=lambda one: one[:2])
        return columns, form

    def _unknown_form(self, given: dict[str, int], path: Path) -> SetupFault:
        def missing(columns: tuple[Column, ...]) -> list[str]:
            return [one.headers[0] for one in columns if one.required and _place(one, given) is None]

        columns, form = min(
            self._forms,
            key=lambda one: (len(missing(one[0])), -sum(_place(column, given) is not None for column in one[0])),
        )
        lacks = "、".join(missing(columns)) or "主体属性"
        hint = f"最接近的表样是{form.title}, 缺少: {lacks}; 可用 --mapping 写明对照"
        return SetupFault(f"不认识的表头: {path.name}", hint, "file")

    def _fields(self, columns: tuple[Column, ...], given: dict[str, int], headers: Sequence[str]) -> dict[int, Column]:
        """Place to the column of the form that it is."""
        found: dict[int, Column] = {}
        ignored = {one_spelling(header) for header in self._mapping.ignore}
        for column in columns:
            places = [place for place in _places(column, given) if one_spelling(headers[place]) not in ignored]
            if len(places) > 1 and column.field not in _MAY_STAND_TWICE:
                both = "、".join(headers[place] for place in places)
                hint = "删去其中一列, 或在对照文件的 ignore 中写明不用哪一列"
                raise SetupFault(f"几列都是{FIELDS[column.field].title}: {both}", hint, "file")
            if places:
                found[places[0]] = column
        for name, header in self._mapping.columns.items():
            if name in {column.field for column in columns} and one_spelling(header) not in given:
                raise SetupFault(f"文件没有对照所写的列“{header}”", "文件的列: " + _shown(headers), "--mapping")
        return found

    def _understood(self, place: int, header: str, form: ExportForm, fields: dict[int, Column]) -> Understood:
        spelt = one_spelling(header)
        column = fields.get(place)
        if column is not None:
            unit = self._mapping.units.get(column.field) or apart_from_unit(spelt)[1] or column.unit
            return Understood(place, header, column.field, unit=unit if column.unit is not None else None)
        if spelt in {one_spelling(one) for one in (*self._mapping.ignore, *form.not_taken)}:
            return Understood(place, header, aside=True)
        doubled = any(spelt in map(one_spelling, column.headers) for column in fields.values())
        if doubled:
            return Understood(place, header, aside=True)  # a second name: said by the form to be the same
        fact = self._facts.get(spelt) if form.kind is FileKind.SUBJECTS else None
        return Understood(place, header, fact=fact)


def _mapped(form: ExportForm, mapping: FormMapping) -> tuple[Column, ...]:
    """The form's columns, with the mapping's headers in the place of its own."""
    own = {column.field: column for column in form.columns}
    allowed = FIELDS_OF[form.kind]
    money = {name: Unit.WAN_YUAN for name in allowed if FIELDS[name].type is FieldType.MONEY}
    for name, header in mapping.columns.items():
        if name in allowed:
            before = own.get(name)
            required = before is not None and before.required
            unit = before.unit if before is not None else money.get(name)
            own[name] = Column(field=name, headers=(header,), required=required, unit=unit)
    return tuple(own.values())


def _by_spelling(headers: Iterable[tuple[int, str]]) -> dict[str, int]:
    return {one_spelling(header): place for place, header in headers if header}


def _places(column: Column, given: dict[str, int]) -> list[int]:
    """Where the columns of a field are, the surest first."""
    wanted = [one_spelling(header) for header in column.headers]
    if column.unit is None:
        return [given[spelt] for spelt in wanted if spelt in given]
    bare = [apart_from_unit(spelt)[0] for spelt in wanted]
    found = [(place, apart_from_unit(spelt)[0]) for spelt, place in given.items()]
    return [place for name in dict.fromkeys(bare) for place, base in found if base == name]


def _place(column: Column, given: dict[str, int]) -> int | None:
    return next(iter(_places(column, given)), None)


def _dictionaries(*given: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Later ones go before earlier ones."""
    found: dict[str, dict[str, str]] = {}
    for values in given:
        for name, words in values.items():
            found.setdefault(name, {}).update({one_spelling(text): value for text, value in words.items()})
    return found


def _refuse_doubled(headers: Sequence[str]) -> None:
    seen: dict[str, int] = {}
    for place, header in enumerate(headers):
        spelt = one_spelling(header)
        if spelt and seen.setdefault(spelt, place) != place:
            told = f"表头“{header}”出现两次: 第 {seen[spelt] + 1} 列和第 {place + 1} 列"
            raise SetupFault(told, "看不出以哪一列为准, 请删去或改名", "file")


def _refuse_unknown(found: Understanding) -> None:
    """What looks like a value and is not understood is a fault, not an absence."""
    suspect = [f"{header}(像是{what})" for header in found.unknown if (what := looks_like(one_spelling(header)))]
    if suspect:
        hint = f"按“{found.form.title}”读取; 用 --mapping 写明是哪个字段, 或在 ignore 中写明不取用"
        raise SetupFault("不认识的列: " + "、".join(suspect), hint, "file")


def _shown(headers: Iterable[str]) -> str:
    return "、".join(header for header in headers if header)[:500] or "(没有表头)"
