"""The catalogue: the things that rules speak of. Values only; read from YAML by `reader.py`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

import msgspec


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of every value of a rule set: frozen, strict, canonical as JSON."""


class Period(Entry, rename={"start": "from"}, frozen=True, kw_only=True):
    """Days on which something is in force: both ends inclusive, Asia/Shanghai; no `until` means still in force."""

    start: date
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the day lies in the period."""
        return self.start <= day and (self.until is None or day <= self.until)


class Rank(StrEnum):
    """Rank of an instrument (依据的效力层级), highest first."""

    LAW = "law"
    JUDICIAL_INTERPRETATION = "judicial_interpretation"
    ADMINISTRATIVE_REGULATION = "administrative_regulation"
    CENTRAL_DOCUMENT = "central_document"
    LOCAL_REGULATION = "local_regulation"
    DEPARTMENT_RULE = "department_rule"
    LOCAL_RULE = "local_rule"
    NORMATIVE_DOCUMENT = "normative_document"
    NATIONAL_STANDARD = "national_standard"


class Instrument(Entry, frozen=True, kw_only=True):
    """A law, order or document (依据), with its life."""

    code: str
    title: str
    number: str = ""
    rank: Rank
    effective: Period
    verified: bool = False


class Citation(Entry, frozen=True, kw_only=True):
    """An instrument and the article of it that speaks."""

    instrument: str
    article: str = ""
    missing: str | msgspec.UnsetType = msgspec.UNSET
    """What could not be found of the text, in Chinese; left out where nothing is missing."""


def as_told(basis: Iterable[Citation]) -> tuple[Citation, ...]:
    """Citations as decisions tell them, each once: instrument and article, without what is missing of the text."""
    return tuple(dict.fromkeys(Citation(instrument=one.instrument, article=one.article) for one in basis))


class RestsOn(StrEnum):
    """Where something comes from that rests on no instrument."""

    OWN_PRACTICE = "own_practice"
    """The city's own (本市自定): no law says it. Never a prohibition, a refusal or a must."""


class MeasureKind(StrEnum):
    """Joint incentive (守信联合激励) or joint restraint (失信联合惩戒)."""

    INCENTIVE = "incentive"
    RESTRAINT = "restraint"


class Role(StrEnum):
    """A subject's part in an application."""

    APPLICANT = "applicant"
    LEGAL_REPRESENTATIVE = "legal_representative"
    CONTROLLING_SHAREHOLDER = "controlling_shareholder"
    ACTUAL_CONTROLLER = "actual_controller"
    THIRD_PARTY_PRACTITIONER = "third_party_practitioner"
    AGENT = "agent"
    PRINCIPAL = "principal"
    """主要负责人."""
    DIRECTLY_RESPONSIBLE = "directly_responsible"
    """直接负责的主管人员和其他直接责任人员."""


class RelationKind(StrEnum):
    """What one subject is to another (关系). The values are those of the roles of the same name."""

    LEGAL_REPRESENTATIVE = "legal_representative"
    PRINCIPAL = "principal"
    CONTROLLING_SHAREHOLDER = "controlling_shareholder"
    ACTUAL_CONTROLLER = "actual_controller"
    DIRECTLY_RESPONSIBLE = "directly_responsible"

    @property
    def role(self) -> Role:
        """The role that such a subject has in the other's application."""
        return Role(self.value)


class PenaltyKind(StrEnum):
    """A kind of penalty (行政处罚的种类). One decision may hold several.

    Source: 行政处罚法 第九条.
    """

    WARNING = "warning"
    CRITICISM = "criticism"
    FINE = "fine"
    CONFISCATION = "confiscation"
    SUSPENSION = "suspension"
    """暂扣许可证件."""
    DOWNGRADE = "downgrade"
    """降低资质等级."""
    REVOCATION = "revocation"
    """吊销许可证件."""
    RESTRICTION = "restriction"
    """限制开展生产经营活动."""
    BUSINESS_STOP = "business_stop"
    """责令停产停业."""
    CLOSURE = "closure"
    """责令关闭."""
    JOB_BAN = "job_ban"
    """限制从业."""
    DETENTION = "detention"
    OTHER = "other"


class Duty(StrEnum):
    """Must (应当) or may (可以)."""

    MANDATORY = "mandatory"
    OPTIONAL = "optional"


class MeasureEntry(Entry, frozen=True, kw_only=True):
    """A measure (措施) of the catalogue. No rule may order what is not listed here (清单管理)."""

    code: str
    title: str
    kind: MeasureKind
    instruction: str
    prohibits: bool = False
    """A law itself forbids the licence or award: needs a law or an administrative regulation."""
    yields_to: tuple[str, ...] = ()
    """Restraints, by code, that set this incentive aside for the same application."""
    roles: tuple[Role, ...] = ()
    """Roles for which it may be ordered (适用对象); empty: any."""
    triggers: tuple[str, ...] = ()
    """Record kinds, lists and facts (also `grade` and `level`), one of which must be the cause; empty: any."""
    duty: Duty | None = None
    """`optional`: no rule may make it a must. None: either."""


class CountedFrom(StrEnum):
    """What starts the periods of terms."""

    DECISION = "decision"
    PUBLICATION = "publication"
    """The record's first day of effect."""


class Transition(Entry, frozen=True, kw_only=True):
    """Records to which a version of terms applies: both ends inclusive, by their day of decision; None: open."""

    decided_from: date | None = None
    decided_until: date | None = None

    def takes_in(self, decided_on: date) -> bool:
        """Whether a record decided that day is meant."""
        early = self.decided_from is not None and decided_on < self.decided_from
        late = self.decided_until is not None and decided_on > self.decided_until
        return not (early or late)


class Terms(Entry, frozen=True, kw_only=True):
    """How long a record counts and how it is repaired (信用修复).

    Of versions that fit a record, those for its severity go before those for any, of these the ones for its organ, and
    of these the ones for its ground.
    """

    severity: str = ""
    """Severity that the terms are for; empty for any."""
    lasts_months: int | None = None
    """Months after the decision on which the record ends by itself, where the record names no day."""
    repairable: bool = True
    repair_after_months: int | None = None
    """Shortest publicity period before repair may be asked for, in months after the decision."""
    condition: str = ""
    channel: str = ""
    basis: tuple[Citation, ...] = ()
    source: RestsOn | msgspec.UnsetType = msgspec.UNSET
    """Instead of a basis."""
    effective: Period | msgspec.UnsetType = msgspec.UNSET
    """Days asked about on which these terms are the law; left out: every day. What follows is left out likewise where
    it is not said, so that rule sets from before it could be said keep their digests."""
    applies_to: Transition | msgspec.UnsetType = msgspec.UNSET
    """Records that the version applies to (过渡规定); left out: all."""
    counted_from: CountedFrom | msgspec.UnsetType = msgspec.UNSET
    """Left out: the decision."""
    organs: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    """Organs for whose records the terms are; left out: any."""
    grounds: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    """Grounds (列入事由) for whose records the terms are; left out: any. A record that names no ground is of none."""
    verified: bool | msgspec.UnsetType = msgspec.UNSET
    """True: they were compared with the texts; left out: no one did."""

    def fits(self, severity: str, organ: str, ground: str, decided_on: date, day: date) -> bool:
        """Whether they are the law for such a record on the day asked about. `ground`: empty where it names none."""
        return (
            self.severity in ("", severity)
            and (self.organs is msgspec.UNSET or organ in self.organs)
            and (self.grounds is msgspec.UNSET or ground in self.grounds)
            and (self.effective is msgspec.UNSET or self.effective.holds_on(day))
            and (self.applies_to is msgspec.UNSET or self.applies_to.takes_in(decided_on))
        )

    @property
    def precision(self) -> tuple[bool, bool, bool]:
        """Of terms that fit, those with the greatest are the law."""
        return bool(self.severity), self.organs is not msgspec.UNSET, self.grounds is not msgspec.UNSET


class RecordKind(Entry, frozen=True, kw_only=True):
    """A kind of record (信用记录类别), for example a penalty or a broken promise."""

    code: str
    title: str
    feed: str
    severities: tuple[str, ...] = ()
    """A record that says none of them may be of any."""
    terms: tuple[Terms, ...] = ()
    may_be: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    """Kinds of which a record of this one is one, and it is not said which. Left out where the kind is what it is."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """Codes of what a record of this kind is or may be."""
        return (self.code,) if self.may_be is msgspec.UNSET else self.may_be


class ListEntry(Entry, frozen=True, kw_only=True):
    """A list (名单). Entries are records of kind `list_entry` that name it."""

    code: str
    title: str
    organ: str
    feed: str
    severe: bool = False
    """A list of seriously untrustworthy entities (严重失信主体名单)."""
    basis: tuple[Citation, ...]
    terms: tuple[Terms, ...] = ()
    rests_on: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    """Record kinds of which one stands behind each entry: an entry without one is a conflict between sources. Left out
    where entries need none."""


class Ladder(Entry, frozen=True, kw_only=True):
    """Ratings of a sector (行业信用等级), or the national evaluation. Shown as evidence, not blended into one score."""

    code: str
    title: str
    feed: str
    ratings: tuple[str, ...]
    """Best first."""
    basis: tuple[Citation, ...]


class Feed(Entry, frozen=True, kw_only=True):
    """A delivery of data (数据源), and how old it may be before what it does not show is unknown."""

    code: str
    title: str
    organ: str
    max_age_days: int
    """Inclusive: a feed complete up to this many days before the legal day is still relied on."""
    own: bool = False
    """Kept by this service itself: nobody delivers it, and it is complete on every day."""
    relations: bool | msgspec.UnsetType = msgspec.UNSET
    """True: it brings who represents, controls or answers for whom. Only while every such feed is fresh is it known
    that there are no other relations."""


class Organ(Entry, frozen=True, kw_only=True):
    """An organ (部门)."""

    code: str
    title: str
    elsewhere: str = ""
    """What organs with this duty are called where the registry's own organs are not the ones meant; empty: the same."""
    outcome_days: int = 0
    """Calendar days after a receipt's own within which the organ reports what it did; 0: the general ones."""

    @property
    def report_within_days(self) -> int:
        """The days that the organ has."""
        return self.outcome_days or GENERAL_OUTCOME_DAYS


GENERAL_OUTCOME_DAYS = 30
"""Calendar days of an organ that sets none."""


class Item(Entry, frozen=True, kw_only=True):
    """An approval item (事项) of one organ."""

    code: str
    title: str
    organ: str
    traits: tuple[str, ...] = ()
    basis: tuple[Citation, ...] = ()
    certificates: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    """Names that its certificate (许可证书) has in files of issued licences, besides the title with 证 behind it."""
    required_roles: tuple[Role, ...] | msgspec.UnsetType = msgspec.UNSET
    """Subjects without whom an application by no natural person can't be judged. One that a question does not name is
    taken from the relations of the registry; where they do not have it either, the answer is UNDETERMINED."""


class Trait(Entry, frozen=True, kw_only=True):
    """A way in which items are handled, for example notification-and-commitment (告知承诺)."""

    code: str
    title: str


class GradeEntry(Entry, frozen=True, kw_only=True):
    """A public-credit grade (公共信用等级). The order of the catalogue is from best to worst."""

    code: str
    title: str


class LevelEntry(Entry, frozen=True, kw_only=True):
    """A supervision level (监管等级). The order of the catalogue is from lightest to strictest."""

    code: str
    title: str
    frequency: str


class FactType(StrEnum):
    """Type of a fact's value."""

    FLAG = "flag"
    WHOLE = "whole"
    MONEY = "money"
    DAY = "day"
    CHOICE = "choice"


class FactSource(StrEnum):
    """Who supplies a fact."""

    CALLER = "caller"
    CIRCUMSTANCE = "circumstance"
    """A circumstance of a violation (违法情节), given with the question."""
    CASE = "case"
    """A day of the case itself: when the act ended, was discovered, was corrected. Only rules on acts may test it."""
    ATTRIBUTE = "attribute"
    RATING = "rating"
    IDENTIFIER = "identifier"
    GRADE = "grade"
    LEVEL = "level"


class FactEntry(Entry, frozen=True, kw_only=True):
    """A fact that rules may test: the schema (事实表)."""

    name: str
    label: str
    type: FactType
    source: FactSource
    unit: str = ""
    choices: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    """Chinese names of the choices, in their order; empty where the codes speak for themselves."""
    ladder: str = ""
    """For source rating: the ladder. The value is `none` where the feed is good and there is no rating."""
    feed: str = ""
    """For source attribute: the feed that brings it."""
    default: int | str | None = None
    """Value where nothing is given; without one, a fact not given is unknown. Flags are 0 or 1, money fen, days ISO."""
    supplier: str = ""
    """Who can supply it, in Chinese."""
    presumed: int | str | None = None
    """For source circumstance: what holds once the party was heard (陈述申辩) and did not claim otherwise."""
    occurred: str = ""
    """For source case: the flag that says whether that day's event has happened at all. Empty: it always has."""


class ParameterType(StrEnum):
    """Type of a parameter's values."""

    WHOLE = "whole"
    MONEY = "money"
    """Fen."""
    MONTHS = "months"
    DAYS = "days"
    PERCENT = "percent"


class ParameterValue(Entry, frozen=True, kw_only=True):
    """A parameter's value on some days."""

    effective: Period
    value: int
    basis: tuple[Citation, ...] = ()
    source: RestsOn | msgspec.UnsetType = msgspec.UNSET
    """Instead of a basis."""
    verified: bool = False


class Parameter(Entry, frozen=True, kw_only=True):
    """A number that rules use by name (参数): a window, an amount, a share. Dated, and cited like a rule."""

    code: str
    title: str
    type: ParameterType
    values: tuple[ParameterValue, ...]
    """By day; they never overlap."""


class Region(Entry, frozen=True, kw_only=True):
    """An administrative division (行政区划, GB/T 2260): six digits; 000000 is the whole country."""

    code: str
    title: str
    covered: bool = False
    """The registry holds the records of this division and all below it."""


class Calendar(Entry, frozen=True, kw_only=True):
    """A year's working days (工作日) as the State Council arranged them. A year without one is not known."""

    code: str
    year: int
    holidays: tuple[date, ...]
    """Days off that the arrangement names, weekends among them or not."""
    workdays: tuple[date, ...] = ()
    """Saturdays and Sundays that are worked."""
    basis: tuple[Citation, ...]
    verified: bool = False


class SoftMeasure(Entry, frozen=True, kw_only=True):
    """A soft measure (柔性措施) that goes with a violation that is not penalised: an order, education, an interview."""

    code: str
    title: str
    basis: tuple[Citation, ...] = ()


class Area(StrEnum):
    """Where earlier violations count for "first"."""

    CITY = "city"
    """In the area that the registry covers: it can know."""
    NATION = "nation"
    """Anywhere, or the list names no place: the registry can't know alone."""


class FirstDefinition(Entry, frozen=True, kw_only=True):
    """What a list calls a first violation (初次违法). Looked for before the day on which the act ended."""

    months: int = 0
    """How far back, in months; 0: without limit."""
    any_kind: bool = False
    """True: any violation counts; False: of the same kind."""
    same_organ: bool = False
    """True: only those that the same organ dealt with."""
    area: Area = Area.NATION
    days: int | msgspec.UnsetType = msgspec.UNSET
    """How far back, in days, instead of months. What follows is left out where a definition does not say it, so that
    rules from before it could be said keep their digests."""
    calendar_year: bool | msgspec.UnsetType = msgspec.UNSET
    """True: in the calendar year (年度, 1 January to 31 December) in which the act ended, and in no other."""


class Span(Entry, frozen=True, kw_only=True):
    """A length of time: whole months and calendar days, or working days (工作日)."""

    months: int = 0
    days: int = 0
    working_days: int = 0


class Correction(Entry, frozen=True, kw_only=True):
    """What a list calls timely correction (及时改正): any one of the ways that are set."""

    before_discovery: bool = True
    """Corrected before the organ discovered the act."""
    on_the_spot: bool = False
    """Corrected on the spot (当场改正)."""
    ordered: bool = False
    """Corrected by the end of the period that the organ ordered (责令改正期限)."""
    within: Span | None = None
    """Corrected within this time from the discovery; the day of the discovery is not counted."""


class ExemptionKind(StrEnum):
    """Kind of exemption (免罚类别)."""

    MINOR = "minor"
    """轻微不罚: no penalty, by the first sentence of article 33(1)."""
    FIRST = "first"
    """首违不罚: may go without a penalty, by the second sentence of article 33(1)."""
    FINE_WAIVED = "fine_waived"
    """免予罚款: the fine alone may be left out."""
    LIGHTER = "lighter"
    """从轻、减轻: no exemption."""


class Element(StrEnum):
    """An element of exemption that a list asks for in its own definition."""

    FIRST = "first"
    CORRECTED = "corrected"
    NO_HARM = "no_harm"
    """No harmful consequences (没有造成危害后果)."""
    SLIGHT_HARM = "slight_harm"
    """Slight harmful consequences or none (危害后果轻微)."""
    MINOR = "minor"
    """The act is minor (违法行为轻微)."""


class ExemptionList(Entry, frozen=True, kw_only=True):
    """A penalty-exemption list (免罚清单): who issued it, where and when it is in force, and its definitions."""

    code: str
    title: str
    version: str = ""
    region: str
    """Division in which it is in force, with all below it."""
    organ: str
    instrument: str
    effective: Period
    requires: tuple[Element, ...] = ()
    """What every entry asks for besides its own conditions, unless it says otherwise."""
    first: FirstDefinition | None = None
    corrected: Correction | None = None
    measures: tuple[str, ...] = ()
    """Soft measures that go with every entry."""
    recheck: Span | None = None
    """When the organ looks again after the correction was due; None: the general term."""
    remark: str = ""
    verified: bool = False


class Exemption(Entry, frozen=True, kw_only=True):
    """An exemption entry (免罚事项): one kind of unlawful conduct; its code is the kind of violation of records too."""

    code: str
    title: str
    organ: str
    basic_code: str = ""
    """基本编码: 12 places, where known; the ninth is a digit or a capital letter, the others are digits."""
    penalty_basis: tuple[Citation, ...] = ()
    """设定依据: what makes the conduct punishable."""
    keywords: tuple[str, ...] = ()
    """Everyday words by which inspectors look for it."""


class QuestionKind(StrEnum):
    """Kind of question after which a way to object is open."""

    CHECK = "check"
    """A credit check: the organ decides on the application."""
    LEVEL = "level"
    LENIENCY = "leniency"
    """A violation: the organ decides on the penalty."""


class Objection(Entry, frozen=True, kw_only=True):
    """A way to object (救济途径): against what, where, until when. It is against an organ's act or against data, never
    against this service's answer.
    """

    code: str
    title: str
    asked: tuple[QuestionKind, ...]
    """After which questions it is open."""
    text: str
    """What can be objected to and how, in plain Chinese."""
    where: str
    within: Span | None = None
    """How long it is open; None: as long as what is objected to lasts."""
    since: str = ""
    """What starts the period, in Chinese; its own day is not counted. Given with `within`."""
    from_decision: bool = False
    """The period starts when the party learns of the organ's decision: a last day can be told from the decision's."""
    organs: tuple[str, ...] = ()
    """Organs whose acts it is open against; empty: any."""
    except_organs: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    """Open only to those on one of these lists; empty: to anyone."""
    effective: Period
    basis: tuple[Citation, ...]
    verified: bool = False


OWN_FEED = "own"
"""Among ranked feeds: the one that a fact, ladder, record kind or list belongs to, whichever it is."""


class RecordField(StrEnum):
    """What of a record sources can disagree on."""

    STATE = "state"
    """Effective, repaired or revoked, and since when."""
    DECIDED_ON = "decided_on"
    """The days of the decision and from which it counts."""
    UNTIL = "until"
    SEVERITY = "severity"
    AMOUNTS = "amounts"
    """Fine and confiscation."""
    PENALTY_KINDS = "penalty_kinds"
    LICENCE_ITEM = "licence_item"
    BAN_UNTIL = "ban_until"
    GROUND = "ground"
    VIOLATION = "violation"


class Ranked(Entry, frozen=True, kw_only=True):
    """Feeds of one rank. Where there are several they rank equal: the newest of what they say counts."""

    feeds: tuple[str, ...]


class Authority(Entry, frozen=True, kw_only=True):
    """Which source counts where several disagree (一数一源): for some facts, some fields of records, or some relations.

    A feed that is not ranked comes after all that are. In force for what sources say of days in the period.
    """

    code: str
    title: str
    facts: tuple[str, ...] = ()
    """Facts that the registry keeps: attributes and ratings."""
    record_fields: tuple[RecordField, ...] = ()
    kinds: tuple[str, ...] = ()
    """The fields of these record kinds alone; empty, and `lists` too: of all records."""
    lists: tuple[str, ...] = ()
    """The fields of these lists' entries."""
    relations: tuple[RelationKind, ...] = ()
    ranked: tuple[Ranked, ...]
    """The surest first."""
    effective: Period
    basis: tuple[Citation, ...]
    verified: bool = False


class Catalogue(Entry, frozen=True, kw_only=True):
    """All entries by code, in file order."""

    instruments: dict[str, Instrument] = {}
    measures: dict[str, MeasureEntry] = {}
    record_kinds: dict[str, RecordKind] = {}
    lists: dict[str, ListEntry] = {}
    ladders: dict[str, Ladder] = {}
    feeds: dict[str, Feed] = {}
    organs: dict[str, Organ] = {}
    traits: dict[str, Trait] = {}
    items: dict[str, Item] = {}
    grades: dict[str, GradeEntry] = {}
    levels: dict[str, LevelEntry] = {}
    facts: dict[str, FactEntry] = {}
    parameters: dict[str, Parameter] = {}
    regions: dict[str, Region] = {}
    calendars: dict[str, Calendar] = {}
    soft_measures: dict[str, SoftMeasure] = {}
    exemption_lists: dict[str, ExemptionList] = {}
    exemptions: dict[str, Exemption] = {}
    objections: dict[str, Objection] = {}
    authority: dict[str, Authority] = {}
