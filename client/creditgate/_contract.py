# Generated from proto/ by tools/generate_values.py. Do not edit.
"""The words of the contract: its codes, and what answers hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from .wire import plain


class Role(StrEnum):
    """The part that a subject has in an application."""

    APPLICANT = "applicant"
    """The one who applies (申请人)."""
    LEGAL_REPRESENTATIVE = "legal_representative"
    """Legal representative or person in charge (法定代表人、负责人)."""
    CONTROLLING_SHAREHOLDER = "controlling_shareholder"
    """Controlling shareholder (控股股东)."""
    ACTUAL_CONTROLLER = "actual_controller"
    """Actual controller (实际控制人)."""
    THIRD_PARTY_PRACTITIONER = "third_party_practitioner"
    """Third-party practitioner whose report supports the application (第三方从业机构)."""
    AGENT = "agent"
    """Agent who files the application (代理机构)."""
    PRINCIPAL = "principal"
    """Principal person in charge (主要负责人)."""
    DIRECTLY_RESPONSIBLE = "directly_responsible"
    """Person directly in charge or directly responsible (直接负责的主管人员和其他直接责任人员)."""


class FactType(StrEnum):
    """Type of a fact's value."""

    FLAG = "flag"
    """Yes or no."""
    WHOLE = "whole"
    """A whole number in the fact's unit."""
    MONEY = "money"
    """An amount of money, in fen (1/100 yuan)."""
    DAY = "day"
    """A legal day in Asia/Shanghai."""
    CHOICE = "choice"
    """One of the fact's choices."""


class AnswerView(StrEnum):
    """How much an answer tells."""

    BASIC = "basic"
    """Codes, days and what decides: no titles, no basis, no evidence, no remedies, no sentences but the
    summary.
    """
    FULL = "full"
    """All of it."""


@dataclass(frozen=True, slots=True)
class Ref:
    """A code of the catalogue with its title, as answers give it. A request takes the code alone."""

    code: str
    """The code."""
    title: str
    """Its title in Chinese. Empty where the rule set that answers has none."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class FactDefinition:
    """A fact that can be asked for (事实): what a form needs to ask it."""

    fact: Ref
    """Its name in the rule library's schema, and its title."""
    type: FactType
    """Type of its value."""
    unit: str
    """Unit of a whole number, in Chinese. Empty where it has none."""
    choices: tuple[Ref, ...]
    """What can be chosen. Empty for other types."""
    supplier: str
    """Who can supply it, in Chinese."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class Basis:
    """The legal basis of a measure, level or grade (依据)."""

    instrument: Ref
    """The instrument, with its title."""
    number: str
    """Number of the document, for example '国办发〔2020〕49号'. Empty where it has none."""
    article: str
    """Article, for example '第三十八条'. Empty where the whole document is meant."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class Evidence:
    """A record (信用记录) that a finding rests on."""

    kind: Ref
    """Kind of record in the catalogue, for example 'penalty'."""
    list: Ref | None
    """List in the catalogue for list entries, for example 'wage-arrears'. Absent for other records."""
    document_number: str
    """Number of the document that made the record."""
    organ: Ref
    """The organ that made it: its name, and its code where the catalogue has an organ of that name."""
    decided_on: date | None
    """Day of the decision, Asia/Shanghai."""
    until_on: date | None
    """Last day on which the record counts, inclusive. Absent where it is open."""
    record_id: str
    """Names the record among those of its subject, in every answer: 32 lower-case hexadecimal digits."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class UndeterminedRecord:
    """A record on which something could not be settled."""

    document_number: str
    """Number of the document that made the record."""
    field: str
    """The field that it leaves unsaid. Empty where sources do not agree on the record."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class UndeterminedRelation:
    """A relation of a subject that sources do not agree on, or whose other side is not known."""

    relation: str
    """Code of the relation, for example 'legal-representative'."""
    other: str
    """The other subject: a USCC or the keyed hash of a person. Empty where none is named."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class UnknownCalendar:
    """The working days of a year: its holidays are not arranged yet."""

    year: int
    """The year."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class UnknownSubject:
    """The subject itself: no source knows it."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class EngineFault:
    """A fault of the service's own, after which nothing is taken for granted."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class Undetermined:
    """Something that the service could not settle, and who can supply it."""

    fact: FactDefinition | None
    """A fact of the case, with what a form needs to ask it."""
    feed: Ref | None
    """A data feed: it never came, or is too old."""
    record: UndeterminedRecord | None
    """A record."""
    relation: UndeterminedRelation | None
    """A relation."""
    role: Role | None
    """A role that the item requires and for which nobody is named."""
    unknown_subject: UnknownSubject | None
    """The subject is in no register."""
    engine_fault: EngineFault | None
    """The engine failed."""
    calendar: UnknownCalendar | None
    """The working days of a year."""
    label: str
    """Its name in Chinese."""
    supplier: str
    """Who can supply it, in Chinese."""
    subject_index: int | None
    """Index into the question's subjects."""
    rules: tuple[str, ...]
    """Rules, by id, that wait for it. Sorted."""
    reason: str
    """Why it is not known, in Chinese: not given, feed too old, subject not in the registry."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class FeedAge:
    """Age of a data feed that the decision used."""

    feed: Ref
    """The feed."""
    data_on: date | None
    """Day up to which the feed's data is complete. Absent where the feed never delivered."""
    age_days: int | None
    """Whole days between data_on and the legal day of the question. Absent where the feed never delivered."""
    max_age_days: int
    """Longest age in days at which the feed may still be relied on, inclusive."""
    stale: bool
    """True where the feed was too old, or never delivered, for this question."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class Grade:
    """Public-credit grade (公共信用综合评价等级) of one subject."""

    grade: Ref
    """The grade, for example 'A'."""
    rule: str
    """Rule that gave it."""
    basis: tuple[Basis, ...]
    """Its legal basis."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class Level:
    """Supervision level (监管等级) of one subject."""

    level: Ref
    """The level, for example 'key'."""
    frequency: str
    """How often and how the subject is inspected, in Chinese."""
    rule: str
    """Rule that gave it."""
    basis: tuple[Basis, ...]
    """Its legal basis."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class SectorRating:
    """Ladder of a sector (行业信用等级), shown as evidence and not blended into the grade."""

    ladder: Ref
    """The ladder, for example 'tax'."""
    rating: str
    """The rating, for example 'A'."""
    decided_on: date | None
    """Day of the rating."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class Standing:
    """What one subject of the question is, seen by its credit."""

    subject_index: int | None
    """Index into the question's subjects. A subject in a role that the item requires, and that the
    question does not name, is taken from the registry: such subjects come after those of the question,
    with indexes beyond them, here and everywhere.
    """
    identifier: str
    """USCC, or the keyed hash of a person."""
    grade: Grade | None
    """Its grade. Absent where it is undetermined."""
    level: Level | None
    """Its level. Absent where it is undetermined."""
    ratings: tuple[SectorRating, ...]
    """Sector ladders on record."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class ReceiptStamp:
    """Where the answer's receipt is."""

    receipt_id: str
    """Receipt id, for ReceiptService."""
    digest: str
    """Digest of the receipt's canonical JSON: 'sha256:' or 'sm3:' and 64 lower-case hexadecimal digits."""
    issued_at: datetime
    """Instant at which the receipt was made."""

    to_dict = plain


class Stage(StrEnum):
    """The step of the approval at which the question is asked."""

    ACCEPTANCE = "acceptance"
    """Acceptance of the application (受理)."""
    EXAMINATION = "examination"
    """Examination (审查)."""
    DECISION = "decision"
    """Decision (决定)."""
    AFTER = "after"
    """After the licence (事后监管)."""


class Outcome(StrEnum):
    """What the answer means for the approver, by the gravest finding."""

    CLEAR = "CLEAR"
    """No measure applies."""
    INCENTIVES = "INCENTIVES"
    """Only incentives apply."""
    MEASURES = "MEASURES"
    """At least one restraint applies; the licence is still granted where its conditions are met (行政许可法
    第三十八条).
    """
    PROHIBITED = "PROHIBITED"
    """A law names this case as one where the licence or award may not be given."""
    UNDETERMINED = "UNDETERMINED"
    """Something needed is not known: handle by hand. Restraints already certain are listed all the same."""


class MeasureKind(StrEnum):
    """Whether a measure favours or restrains."""

    INCENTIVE = "incentive"
    """Joint incentive for trust-keeping (守信联合激励)."""
    RESTRAINT = "restraint"
    """Joint restraint on trust-breaking (失信联合惩戒)."""


class Duty(StrEnum):
    """Whether the approver must apply a measure."""

    MANDATORY = "mandatory"
    """Must be applied (应当)."""
    OPTIONAL = "optional"
    """May be applied (可以)."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """How a subject can end a restraint early (信用修复)."""

    repairable: bool
    """True where repair is open by law."""
    condition: str
    """What must be done, in Chinese."""
    earliest_on: date | None
    """First day on which repair can be asked for, Asia/Shanghai. Absent where it does not depend on a day."""
    channel: str
    """Where to ask, in Chinese."""
    record_id: str
    """The record of the evidence that it is about. Empty where the restraint rests on no record, or on
    several that are repaired alike.
    """

    to_dict = plain


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure that applies."""

    measure: Ref
    """The measure in the catalogue."""
    kind: MeasureKind
    """Incentive or restraint."""
    duty: Duty
    """Must or may."""
    prohibits: bool
    """True where a law forbids the licence or award itself."""
    subject_index: int | None
    """Index into the question's subjects: the one whose credit calls for the measure."""
    basis: tuple[Basis, ...]
    """Legal basis; never empty."""
    evidence: tuple[Evidence, ...]
    """Records it rests on. Empty where it rests on the case's facts or the grade."""
    rule: Ref
    """The rule that called for it."""
    other_rules: tuple[str, ...]
    """Ids of other rules that call for the same measure for the same subject. Sorted."""
    until_on: date | None
    """Last day, inclusive, on which it would still apply if nothing changed. Absent where it is open."""
    remedies: tuple[Remedy, ...]
    """How the subject can end it. One for each kind of record or list behind it."""
    verified: bool
    """False where the rule's source is still to be checked by a jurist."""
    instruction: str
    """How to apply it, in Chinese."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class SetAside:
    """An incentive that would apply but for a restraint."""

    measure: Ref
    """The incentive."""
    rule: str
    """Id of the rule that called for it."""
    yields_to: tuple[str, ...]
    """Restraints that it yields to, by code."""
    subject_index: int | None
    """Index into the question's subjects."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A rule that failed by one condition."""

    rule: Ref
    """The rule."""
    condition: str
    """The condition that failed, in Chinese."""
    found: str
    """What was found instead, in Chinese."""
    subject_index: int | None
    """Index into the question's subjects."""
    would_give: str
    """Measure, grade or level that the rule would have given."""

    to_dict = plain


class CatalogueSection(StrEnum):
    """A section of the catalogue. More may come."""

    ORGANS = "organs"
    """Organs (部门)."""
    MEASURES = "measures"
    """Measures (措施)."""
    LISTS = "lists"
    """Lists (名单)."""
    LADDERS = "ladders"
    """Ladders of sectors (行业信用等级), with their ratings."""
    GRADES = "grades"
    """Grades (公共信用等级), best first."""
    LEVELS = "levels"
    """Supervision levels (监管等级), lightest first."""
    RECORD_KINDS = "record_kinds"
    """Kinds of records (信用记录类别)."""
    FEEDS = "feeds"
    """Data feeds (数据源)."""
    REGIONS = "regions"
    """Administrative divisions (行政区划)."""
    EXEMPTION_LISTS = "exemption_lists"
    """Exemption lists (免罚清单)."""
    TRAITS = "traits"
    """Traits of items (办理方式)."""


class FactSource(StrEnum):
    """Who brings a fact."""

    APPLICATION = "application"
    """The application (办件的事实): for CheckQuestion."""
    VIOLATION = "violation"
    """The violation (违法情节): for LeniencyQuestion."""


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One entry of a section."""

    entry: Ref
    """Code and title."""
    organ: Ref | None
    """The organ that owns it. Absent where the section has no owners."""
    measure_kind: MeasureKind | None
    """Of a measure: incentive or restraint. Absent elsewhere."""
    prohibits: bool
    """Of a measure: a law forbids the licence or award itself."""
    ratings: tuple[str, ...]
    """Of a ladder: its ratings, best first. Empty elsewhere."""
    instruction: str
    """How to apply a measure, how often a level is inspected. In Chinese; empty elsewhere."""
    region: str
    """Of an exemption list: six digits of the division in which it is in force. Empty elsewhere."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class CatalogueFact:
    """A fact with what a form needs to ask it."""

    definition: FactDefinition
    """Name, type, unit, choices, supplier."""
    source: FactSource
    """Who brings it."""
    has_default: bool
    """True where a question that leaves it out is judged all the same: by a default that the schema has."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class CatalogueItem:
    """An approval item."""

    item: Ref
    """Code and title."""
    organ: Ref
    """Its organ."""
    traits: tuple[Ref, ...]
    """In which ways it is handled."""
    required_roles: tuple[Role, ...]
    """Roles that a question about it has to name, where the applicant is no natural person."""
    facts: tuple[CatalogueFact, ...]
    """Facts that its rules look at on the day, those that most rules look at first. Empty in a list."""
    measures: tuple[CatalogueEntry, ...]
    """Measures that can come of it on the day, by code. Empty in a list."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class CatalogueEntries:
    """A page of entries, in the catalogue's order."""

    entries: tuple[CatalogueEntry, ...]
    """The entries."""
    rule_set: str
    """Digest of the rule set whose entries they are."""
    next_page_token: str
    """Token of the next page. Empty: this is the last one."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class CatalogueFacts:
    """A page of facts, in the catalogue's order."""

    facts: tuple[CatalogueFact, ...]
    """The facts."""
    rule_set: str
    """Digest of the rule set."""
    next_page_token: str
    """Token of the next page. Empty: this is the last one."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class CatalogueItems:
    """A page of items in short, in the catalogue's order."""

    items: tuple[CatalogueItem, ...]
    """The items, without facts and measures."""
    rule_set: str
    """Digest of the rule set."""
    next_page_token: str
    """Token of the next page. Empty: this is the last one."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class ShownItem:
    """The item."""

    item: CatalogueItem
    """The item."""
    as_of: date | None
    """Legal day whose rules counted."""
    rule_set: str
    """Digest of the rule set."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class ExemptionForm:
    """What the entry asks."""

    exemption: Ref
    """Code and title."""
    organ: Ref
    """The organ that enforces it."""
    facts: tuple[CatalogueFact, ...]
    """Circumstances that its rules and the law's own look at, those that decide most first."""
    region: str
    """Division that was asked about."""
    as_of: date | None
    """Legal day whose rules counted."""
    rule_set: str
    """Digest of the rule set."""

    to_dict = plain


class GrantStanding(StrEnum):
    """How a grant stands today."""

    CORRECTED = "corrected"
    """Corrected by the last day of the term, or before the decision."""
    LATE = "late"
    """Corrected, but after the term."""
    PENDING = "pending"
    """Not corrected yet, and the term still runs."""
    OVERDUE = "overdue"
    """Not corrected, and the term is over."""
    WITHDRAWN = "withdrawn"
    """Taken back."""


class ExemptionStatisticsKey(StrEnum):
    """What statistics are broken down by."""

    ORGAN = "organ"
    """Organ."""
    EXEMPTION = "exemption"
    """Exemption entry."""
    MONTH = "month"
    """Calendar month of the decision."""


@dataclass(frozen=True, slots=True)
class CorrectionReport:
    """A report on a grant."""

    corrected_on: date | None
    """Day of the correction. Absent where it was looked at again and is not corrected."""
    kept_promise: bool | None
    """What the organ says of the promise. Absent: nothing."""
    broken: bool
    """Whether the promise is broken: the organ says so, or it was made and the correction is late."""
    reported_at: datetime
    """Instant of the report."""
    reported_by: str
    """Name of the caller."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class GrantWithdrawal:
    """That a grant was taken back."""

    reason: str
    """Why."""
    withdrawn_at: datetime
    """Instant at which it was taken back."""
    withdrawn_by: str
    """Name of the caller who took it back."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class ExemptionGrant:
    """A grant as the register has it."""

    grant_id: str
    """Names the grant: the receipt's id."""
    identifier: str
    """The subject: USCC, or the keyed hash of a person."""
    organ: Ref
    """The organ, with the name that it had when it was registered."""
    exemption: Ref | None
    """The exemption entry. Absent for an act on no list."""
    exemption_list: Ref | None
    """The exemption list. Absent where the law's own rule gave the answer."""
    document_number: str
    """Number of the decision."""
    decided_on: date
    """Day of the decision. Always there."""
    due_on: date | None
    """Last day for the correction, inclusive. Absent where it was corrected before the decision."""
    promise_made: bool
    """A promise letter was given."""
    fine_forgone_fen: int
    """Fine forgone in fen."""
    note: str
    """Note."""
    standing: GrantStanding
    """How it stands today."""
    promise_broken: bool
    """Whether the report that counts means a broken promise."""
    last_report: CorrectionReport | None
    """The report that counts: the last one. Absent where there is none. All of them:
    ListCorrectionReports.
    """
    report_count: int
    """Number of reports."""
    withdrawal: GrantWithdrawal | None
    """That it was taken back. Absent where it was not."""
    registered_at: datetime
    """Instant of the registration."""
    registered_by: str
    """Name of the caller who registered it."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class GrantsPage:
    """A page of grants, the last registered first."""

    grants: tuple[ExemptionGrant, ...]
    """The grants of this page."""
    next_page_token: str
    """Token of the next page. Empty: this is the last one. Grants registered meanwhile change no page that
    follows.
    """

    to_dict = plain


@dataclass(frozen=True, slots=True)
class ReportsPage:
    """A page of reports, the oldest first."""

    reports: tuple[CorrectionReport, ...]
    """The reports of this page."""
    total_size: int | None
    """Number of reports on all pages."""
    next_page_token: str
    """Token of the next page. Empty: this is the last one. Reports that come meanwhile come behind."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class ExemptionFigures:
    """Figures of some grants. granted = corrected_before + corrected_in_time + corrected_late + overdue +
    pending.
    """

    organ: Ref | None
    """The organ. Absent where they are not broken down by organ."""
    exemption: Ref | None
    """The entry. Absent where they are not broken down by entry, and for acts on no list."""
    month: str
    """Month of the decision, 'YYYY-MM'. Empty where they are not broken down by month."""
    granted: int
    """Grants that were not taken back."""
    corrected_before: int
    """Corrected before the decision: no term."""
    corrected_in_time: int
    """Corrected by the last day of the term."""
    corrected_late: int
    """Corrected after the term."""
    overdue: int
    """Not corrected, and the term is over."""
    pending: int
    """Not corrected, and the term still runs."""
    promises_broken: int
    """Promises broken."""
    fines_forgone_fen: int
    """Fines forgone in fen."""
    withdrawn: int
    """Grants that were taken back; counted nowhere else."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class ExemptionStatistics:
    """A page of figures, sorted by what they are broken down by."""

    figures: tuple[ExemptionFigures, ...]
    """One for each organ, entry, month; one alone for a total."""
    next_page_token: str
    """Token of the next page. Empty: this is the last one. The days stay those of the first page."""
    from_on: date
    """First day of the decision that was counted. Always there."""
    until_on: date
    """Last day of the decision that was counted. Always there."""
    as_of: date
    """Day on which overdue and pending were told apart. Always there."""

    to_dict = plain


class Leniency(StrEnum):
    """What a violation comes to. The order is the order of precedence: the lightest for the party first."""

    PAST_LIMITATION = "PAST_LIMITATION"
    """Past the limitation period (追责时效): 行政处罚法 36."""
    NO_PENALTY_CAPACITY = "NO_PENALTY_CAPACITY"
    """No penalty for age or mental state: 30, 31."""
    NO_PENALTY_MINOR = "NO_PENALTY_MINOR"
    """No penalty required by law (轻微不罚): minor, corrected in time, no harm: 33(1) first sentence."""
    NO_PENALTY_NO_FAULT = "NO_PENALTY_NO_FAULT"
    """No penalty for lack of fault (无主观过错不罚): 33(2)."""
    MAY_BE_EXEMPT = "MAY_BE_EXEMPT"
    """May go without a penalty (首违可以不罚): first, slight, corrected in time: 33(1) second sentence."""
    FINE_MAY_BE_WAIVED = "FINE_MAY_BE_WAIVED"
    """The fine alone may be left out (免予罚款)."""
    SHALL_MITIGATE = "SHALL_MITIGATE"
    """Shall be punished lighter or below the range (应当从轻或者减轻): 30, 32."""
    MAY_MITIGATE = "MAY_MITIGATE"
    """May be punished lighter or below the range (可以从轻或者减轻): 31, lists."""
    EXCLUDED = "EXCLUDED"
    """A list's exclusion forbids its exemption (不适用情形)."""
    ORDINARY = "ORDINARY"
    """None of these: the ordinary procedure."""
    UNDETERMINED = "UNDETERMINED"
    """What is not known decides: see undetermined."""


class State(StrEnum):
    """What is known of a condition."""

    MET = "MET"
    """It holds."""
    NOT_MET = "NOT_MET"
    """It fails."""
    UNKNOWN = "UNKNOWN"
    """Not known yet."""


class LawDay(StrEnum):
    """By the law of which day a ground stands (从旧兼从轻)."""

    ACT = "ACT"
    """The day on which the act ended, alone."""
    DECISION = "DECISION"
    """The day of the decision, alone."""
    BOTH = "BOTH"
    """Both."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a ground."""

    title: str
    """What it asks, in Chinese."""
    state: State
    """What is known of it."""
    found: str
    """What was found, in Chinese. Empty where nothing is known."""
    facts: tuple[str, ...]
    """Facts that it looks at, by name. Sorted."""
    supplier: str
    """Who must supply what is not known, in Chinese."""
    evidence: tuple[Evidence, ...]
    """Records that speak for or against it."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class Ground:
    """A rule that was asked: of the law itself or of a list's entry, with each of its conditions."""

    rule: Ref
    """The rule."""
    leniency: Leniency
    """What it gives."""
    list: Ref | None
    """Exemption list. Absent for the law's own rules."""
    state: State
    """Whether it holds."""
    law_day: LawDay
    """By the law of which day it stands."""
    conditions: tuple[Condition, ...]
    """Its conditions; all must hold."""
    basis: tuple[Basis, ...]
    """Legal basis."""
    circumstances: str
    """Applicable circumstances (适用情形) as the list words them, in Chinese."""
    remark: str
    """Remark of the list, in Chinese."""
    verified: bool
    """False where the rule's source is still to be checked by a jurist."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class SoftMeasure:
    """A soft measure (柔性措施) that goes with the answer."""

    measure: Ref
    """The measure in the catalogue."""
    due_on: date | None
    """Last day, inclusive. Absent where it has none."""
    basis: tuple[Basis, ...]
    """Legal basis."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the procedure that follows."""

    step: Ref
    """What is to be done: verify, hear, promise, guardian, decide, register, recheck, file, close or
    investigate, with its title.
    """
    due_on: date | None
    """Day or last day. Absent where it has none or the year's working days are not known."""
    note: str
    """Remark in Chinese."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class Warning:
    """Something that the answer warns of. It changes nothing else."""

    rule: str
    """Id of the rule that warns."""
    message: str
    """In Chinese."""
    basis: tuple[Basis, ...]
    """Legal basis."""
    evidence: tuple[Evidence, ...]
    """Records behind it."""

    to_dict = plain


class ExemptionKind(StrEnum):
    """Kind of exemption (免罚类别)."""

    MINOR = "minor"
    """No penalty required by law (轻微不罚): 行政处罚法 33(1) first sentence."""
    FIRST = "first"
    """May go without a penalty (首违不罚): 33(1) second sentence."""
    FINE_WAIVED = "fine_waived"
    """The fine alone may be left out (免予罚款)."""
    LIGHTER = "lighter"
    """Lighter or below the range (从轻、减轻): no exemption."""


class ExemptionField(StrEnum):
    """Part of an entry in which a query was found."""

    CODE = "code"
    """Code."""
    TITLE = "title"
    """Title (事项名称)."""
    ORGAN = "organ"
    """Name of the organ (实施部门)."""
    BASIC_CODE = "basic_code"
    """Basic code (基本编码)."""
    KEYWORDS = "keywords"
    """Everyday words for it."""
    PENALTY_BASIS = "penalty_basis"
    """Basis for the penalty (处罚依据): title and article."""
    CIRCUMSTANCES = "circumstances"
    """Applicable circumstances (适用情形)."""
    EXEMPTION_BASIS = "exemption_basis"
    """Basis for the exemption (免罚依据): title and article."""
    LISTS = "lists"
    """Title of a list."""
    KINDS = "kinds"
    """Kind of exemption, in Chinese."""


@dataclass(frozen=True, slots=True)
class TextRange:
    """A part of a text, in code points: from start, inclusive, to end, exclusive."""

    start: int
    """First character, from 0."""
    end: int
    """First character that is no part of it any more."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class TextMatch:
    """A text of an entry with the parts that a query matched."""

    field: ExemptionField
    """Where it stands."""
    text: str
    """The whole text."""
    ranges: tuple[TextRange, ...]
    """The matched parts by place; they never touch."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class ExemptionVersion:
    """An entry as one list has it for a time, in short."""

    rule: str
    """Id of the rule that decides by it."""
    exemption_list: Ref
    """The list."""
    kind: ExemptionKind
    """Kind of exemption."""
    from_on: date
    """First day in force. Always there."""
    until_on: date | None
    """Last day in force, inclusive. Absent where it is open."""
    regions: tuple[Ref, ...]
    """Divisions (GB/T 2260) in which it is in force, each with all below it; 000000 is the whole country.
    Empty: everywhere.
    """
    in_force: bool
    """Whether it is in force on the day, and in the region, that were asked about."""
    circumstances: str
    """Applicable circumstances (适用情形) as the list words them, in Chinese."""
    verified: bool
    """False where the source is still to be checked by a jurist."""
    not_binding: str
    """Why it does not bind on the day, and in the region, that were asked about, in Chinese. Empty: it is
    in force there.
    """

    to_dict = plain


@dataclass(frozen=True, slots=True)
class ExemptionHit:
    """An entry found."""

    exemption: Ref
    """The entry: its code is what LeniencyService and GetExemption take."""
    organ: Ref
    """The organ that enforces it."""
    basic_code: str
    """Basic code (基本编码), 12 places, the ninth a digit or a capital letter. Empty where it is not known."""
    in_force: bool
    """Whether one of the versions is in force on the day that was asked about."""
    versions: tuple[ExemptionVersion, ...]
    """The versions that the filters let through, by first day: the first 20. All of them:
    ListExemptionVersions.
    """
    version_count: int
    """Number of the versions that the filters let through."""
    matches: tuple[TextMatch, ...]
    """The texts that were matched, by field. Empty where only a version was matched that the filters keep
    back.
    """
    fits: bool
    """Whether it is the act that was asked about, as far as words tell. False: some words are the same,
    and it is not shown as if it fitted.
    """

    to_dict = plain


@dataclass(frozen=True, slots=True)
class LawRule:
    """A rule of the law itself (行政处罚法 33, or of a special law) that may leave an act without a penalty, or
    lighten it.
    """

    rule: Ref
    """The rule."""
    leniency: Leniency
    """What it gives where it holds."""
    conditions: tuple[ConditionSentence, ...]
    """What must hold, as sentences in writing order; of those without a dot in their number, all must."""
    basis: tuple[Basis, ...]
    """Its legal basis."""
    verified: bool
    """False where the source is still to be checked by a jurist."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class ListWithoutEntries:
    """An exemption list of which the library has no entry: it may name the act."""

    exemption_list: Ref
    """The list."""
    instrument: Basis
    """Document that made it."""
    remark: str
    """Remark in Chinese."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class LawAnswer:
    """What the law itself gives where no list in force names the act: the question for LeniencyService,
    and what it looks at.
    """

    organ: Ref | None
    """The organ that was asked for, that of the best reference, or that of the field whose words were
    used. Absent: the words do not tell.
    """
    description: str
    """The act in words, for a leniency question's description."""
    rules: tuple[LawRule, ...]
    """Rules of special laws first, then the general law."""
    facts: tuple[FactDefinition, ...]
    """Circumstances that the rules look at, besides the days, with what a form needs to ask them."""
    lists: tuple[ListWithoutEntries, ...]
    """Lists of the organ in force in the region whose entries the library does not have, to be looked up:
    the first 100.
    """

    to_dict = plain


@dataclass(frozen=True, slots=True)
class ExemptionsFound:
    """A page of hits, best first: in force, then by code or article, then those that fit, then by words,
    then by code.
    """

    hits: tuple[ExemptionHit, ...]
    """The hits of this page."""
    total_size: int | None
    """Number of hits on all pages."""
    next_page_token: str
    """Token of the next page. Empty: this is the last one. Where the rule set changes meanwhile, the pages
    that follow go on behind the last hit.
    """
    region: Ref | None
    """Division that was searched. Absent: anywhere."""
    as_of: date
    """Day that was searched. Always there."""
    rule_set: str
    """Digest of the rule set."""
    references: tuple[ExemptionHit, ...]
    """With the first page: entries that fit and that the region or the day keeps back, best first, at most
    ten. They do not bind: why says each version.
    """
    law: LawAnswer | None
    """With the first page: what the law itself gives. Absent where an entry that fits is in force."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class ConditionSentence:
    """A sentence of a condition, in Chinese. A sentence that ends with a colon heads those numbered below
    it.
    """

    number: str
    """Number in the condition, for example '2' or '2.1'."""
    text: str
    """The sentence."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class ExemptionMeasure:
    """A soft measure (柔性措施) that goes with an exemption."""

    measure: Ref
    """The measure."""
    basis: tuple[Basis, ...]
    """Its legal basis."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class ExemptionVersionDetail:
    """An entry as one list has it for a time, in full."""

    version: ExemptionVersion
    """In short."""
    list_version: str
    """Version of the list as it names it, for example '2025年版'. Empty where it has none."""
    instrument: Basis
    """Document that made the list."""
    conditions: tuple[ConditionSentence, ...]
    """What must hold, as sentences in writing order; of those without a dot in their number, all must."""
    exclusions: tuple[str, ...]
    """Where the exemption does not apply (不适用情形): titles in Chinese."""
    basis: tuple[Basis, ...]
    """Basis for the exemption."""
    soft_measures: tuple[ExemptionMeasure, ...]
    """Accompanying soft measures (配套监管措施)."""
    remark: str
    """Remark (备注), in Chinese."""
    in_region: bool
    """Whether it is in force in the region that was asked about, on whatever day."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class ExemptionEntry:
    """One entry with what the lists say of it, seen from a region and a day."""

    exemption: Ref
    """The entry."""
    organ: Ref
    """The organ that enforces it."""
    basic_code: str
    """Basic code (基本编码), 12 places, the ninth a digit or a capital letter. Empty where it is not known."""
    penalty_basis: tuple[Basis, ...]
    """Basis for the penalty (处罚依据)."""
    keywords: tuple[str, ...]
    """Everyday words for it."""
    versions: tuple[ExemptionVersionDetail, ...]
    """The first 20 versions, in the order of ListExemptionVersions, which has the others."""
    version_count: int
    """Number of all versions."""
    region: Ref
    """Division that was asked about."""
    as_of: date
    """Day that was asked about. Always there."""
    rule_set: str
    """Digest of the rule set."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class VersionsPage:
    """A page of the versions of an entry."""

    versions: tuple[ExemptionVersionDetail, ...]
    """The versions of this page."""
    total_size: int | None
    """Number of versions on all pages."""
    next_page_token: str
    """Token of the next page. Empty: this is the last one."""
    rule_set: str
    """Digest of the rule set."""

    to_dict = plain


class ReceiptKind(StrEnum):
    """What a receipt holds. More may come."""

    CHECK = "check"
    """The answer to a credit check."""
    LEVEL = "level"
    """The answer to a level question."""
    LENIENCY = "leniency"
    """The answer to a leniency question."""
    OUTCOME = "outcome"
    """A report on a receipt, or its withdrawal."""
    ERASURE = "erasure"
    """An erasure."""


class FindingKind(StrEnum):
    """What a finding gives. More may come."""

    GRADE = "grade"
    """A grade."""
    LEVEL = "level"
    """A supervision level."""
    PROHIBITION = "prohibition"
    """A law forbids the licence or award."""
    RESTRAINT = "restraint"
    """A restraint."""
    INCENTIVE = "incentive"
    """An incentive."""
    LENIENCY = "leniency"
    """A ground of leniency."""


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """Something with its name."""

    label: str
    """The name."""
    text: str
    """What it is."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class ExplainedBasis:
    """A citation in words."""

    title: str
    """Title of the instrument."""
    number: str
    """Its document number."""
    article: str
    """The article."""
    rank: str
    """Its rank, for example 法律."""
    verified: bool
    """A jurist has compared it with the source."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class ExplainedFact:
    """A record, rating or attribute that was known."""

    subject_index: int | None
    """Index into the subjects. Absent: the whole question."""
    what: str
    """What it is."""
    detail: str
    """Its number, organ, amount or value."""
    source: str
    """The delivery of data that brought it."""
    data_on: date | None
    """Day of the record, or up to which its source is complete."""
    age_days: int | None
    """Days from there to the day of the decision. Absent where there is no such day."""
    counted: bool
    """It counted on that day; false: repaired, over, revoked."""
    note: str
    """Why it did not count, or until when it does."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class ExplainedSource:
    """A delivery of data."""

    title: str
    """Its title."""
    data_on: date | None
    """Day up to which it was complete. Absent: it never came."""
    age_days: int | None
    """Days from there to the day of the decision. Absent: it never came."""
    max_age_days: int
    """How old it may be."""
    stale: bool
    """It was older."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class ExplainedPoint:
    """One sentence of a condition."""

    depth: int
    """How deep it stands, from 0."""
    number: str
    """Its number, for example 2.1."""
    text: str
    """The sentence."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class ExplainedRule:
    """A rule that fired."""

    rule: Ref
    """The rule."""
    in_force: str
    """When it is in force, in Chinese."""
    condition: tuple[ExplainedPoint, ...]
    """Its condition; of a ground of leniency each condition with what was found."""
    counts: bool
    """False: it held, and another one prevailed."""
    verified: bool
    """A jurist has compared it with the source."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class ExplainedFinding:
    """What came of rules that fired."""

    subject_index: int | None
    """Index into the subjects. Absent: the whole question."""
    kind: FindingKind
    """What it is."""
    title: str
    """The measure, grade, level or ground."""
    duty: str
    """应当 or 可以; empty where there is none."""
    instruction: str
    """What is to be done."""
    until_on: date | None
    """Last day, inclusive, if nothing changes. Absent: open."""
    applies: bool
    """False: it was set aside."""
    rules: tuple[ExplainedRule, ...]
    """The rules."""
    basis: tuple[ExplainedBasis, ...]
    """Their basis."""
    evidence: tuple[str, ...]
    """Records that it rests on."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class ExplainedNearMiss:
    """A rule that nearly fired."""

    subject_index: int | None
    """Index into the subjects. Absent: the whole question."""
    rule: Ref
    """The rule."""
    condition: str
    """What it asks for and was not there."""
    found: str
    """What there is instead."""
    gap: str
    """By how little it failed; empty where that can't be counted."""
    would_give: str
    """What it would have given."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class ExplainedUndetermined:
    """Something that is not known."""

    subject_index: int | None
    """Index into the subjects. Absent: the whole question."""
    label: str
    """What it is."""
    supplier: str
    """Who can say it."""
    reason: str
    """Why it is not known."""
    fact: FactDefinition | None
    """Of a fact of the case: what a form needs to ask it. Absent for anything else."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class ExplainedRemedy:
    """How something can be ended."""

    subject_index: int | None
    """Index into the subjects. Absent: the whole question."""
    record: str
    """The record that has to be repaired; empty where it rests on none."""
    ends: str
    """What that ends."""
    repairable: bool
    """It can be repaired."""
    condition: str
    """On which condition."""
    earliest_on: date | None
    """First day on which repair may be asked for. Absent: as soon as the condition is met."""
    where: str
    """Where to ask."""
    ends_on: date | None
    """Last day, inclusive, on which the record counts if nothing is done. Absent: open."""
    basis: tuple[ExplainedBasis, ...]
    """The basis."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class ExplainedObjection:
    """A way to object: against an organ's act or against data, never against the service's answer."""

    objection: Ref
    """The way in the rule set."""
    text: str
    """What can be objected to and how."""
    where: str
    """To whom."""
    period: str
    """How long it is open, and since when that is counted."""
    last_on: date | None
    """Last day, inclusive, for who learned of the organ's decision on its day. Absent where no burdening
    decision was reported, or where that year's holidays are not arranged yet.
    """
    note: str
    """How it was counted."""
    basis: tuple[ExplainedBasis, ...]
    """The basis."""
    verified: bool
    """A jurist has compared it with the source."""

    to_dict = plain


class ApprovalResult(StrEnum):
    """What became of an application that was checked."""

    GRANTED = "granted"
    """Granted (准予)."""
    GRANTED_WITH_CONDITIONS = "granted_with_conditions"
    """Granted with conditions (附条件准予)."""
    REFUSED = "refused"
    """Refused (不予许可)."""
    WITHDRAWN = "withdrawn"
    """The application was withdrawn (撤回申请)."""
    PENDING = "pending"
    """Not decided yet (办理中). The receipt stays open, its last day stays the same."""


class PenaltyResult(StrEnum):
    """What became of a violation that a leniency question was about."""

    NOT_PENALISED = "not_penalised"
    """No penalty (不予处罚)."""
    PENALISED = "penalised"
    """A penalty (予以处罚)."""
    OTHER = "other"
    """Neither: transferred, closed for another reason (其他). The words say what."""


class PenaltyKind(StrEnum):
    """A kind of penalty. Source: 行政处罚法 第九条."""

    WARNING = "warning"
    """Warning (警告)."""
    CRITICISM = "criticism"
    """Public criticism (通报批评)."""
    FINE = "fine"
    """Fine (罚款)."""
    INCOME_CONFISCATED = "income_confiscated"
    """Confiscation of unlawful income (没收违法所得)."""
    PROPERTY_CONFISCATED = "property_confiscated"
    """Confiscation of unlawful property (没收非法财物)."""
    LICENCE_WITHHELD = "licence_withheld"
    """A licence is withheld for a time (暂扣许可证件)."""
    QUALIFICATION_LOWERED = "qualification_lowered"
    """A qualification is lowered (降低资质等级)."""
    LICENCE_REVOKED = "licence_revoked"
    """A licence is revoked (吊销许可证件)."""
    BUSINESS_RESTRICTED = "business_restricted"
    """Business is restricted (限制开展生产经营活动)."""
    BUSINESS_STOPPED = "business_stopped"
    """Business is ordered to stop (责令停产停业)."""
    CLOSED = "closed"
    """Business is ordered to close (责令关闭)."""
    PRACTICE_RESTRICTED = "practice_restricted"
    """A person is restricted from practising (限制从业)."""
    DETENTION = "detention"
    """Administrative detention (行政拘留)."""
    OTHER = "other"
    """Another kind that a law or regulation sets (其他)."""


class DepartureReason(StrEnum):
    """Why what an answer called for was not done. A closed set."""

    LEGAL = "legal"
    """Another provision of law prevails in this case (另有法律规定)."""
    DATA_WRONG = "data_wrong"
    """The credit data was wrong, or an objection against it was upheld (信息有误或异议成立)."""
    REPAIRED = "repaired"
    """The subject's credit was repaired meanwhile (期间已修复)."""
    NOT_APPLICABLE = "not_applicable"
    """It does not fit this case (不适用于本案)."""
    OTHER_ORGAN = "other_organ"
    """Another organ applies it (由其他部门实施)."""
    OTHER = "other"
    """Another reason; the words say which (其他)."""


class FollowUpState(StrEnum):
    """Where a receipt stands in the loop."""

    NOT_NEEDED = "not_needed"
    """Needs no report (无需反馈)."""
    OPEN = "open"
    """Needs one, and there is time (待反馈)."""
    OVERDUE = "overdue"
    """Needs one, and its last day is past (逾期未反馈)."""
    SETTLED = "settled"
    """A report settles it (已反馈)."""
    SETTLED_BY_LATER = "settled_by_later"
    """A report on a later check of the same case settles it (由同一办件的后一次核查反馈)."""


class RevisionKind(StrEnum):
    """What a revision is."""

    REPORT = "report"
    """A report."""
    WITHDRAWAL = "withdrawal"
    """A withdrawal of what was reported before."""


class WatchEvent(StrEnum):
    """What happened."""

    NEEDED = "needed"
    """The receipt needs a report."""
    OVERDUE = "overdue"
    """The receipt needs a report, and its last day is past."""
    REPORTED = "reported"
    """A report came."""
    WITHDRAWN = "withdrawn"
    """What was reported was withdrawn; the receipt is open again."""
    CAUGHT_UP = "caught_up"
    """Nothing: all that happened so far was sent. Sent once after each run of events, and every 15 seconds
    while nothing happens.
    """


@dataclass(frozen=True, slots=True)
class Override:
    """What a rule called for, that was not done. Counted for the rule's owner."""

    rule: str
    """Id of the rule."""
    rule_title: str
    """Its title in Chinese. Empty for a rule of a leniency answer that names none."""
    measure: str
    """Code of the measure; for a leniency answer its code."""
    title: str
    """Its title in Chinese."""
    subject: int
    """Index into the receipt's subjects."""
    reason: DepartureReason | None
    """Why it was not done."""
    reason_title: str
    """The reason's title in Chinese."""
    against_prohibition: bool
    """True where a law forbids the licence and it was granted all the same."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class ReportResult:
    """The report is durable."""

    receipt: ReceiptStamp
    """The report's own receipt."""
    revision: int
    """Number of the revision, from 1, among all that was reported on the receipt."""
    state: FollowUpState
    """Where the receipt that it is about stands now."""
    due_on: date | None
    """Last legal day for the report, inclusive. None where the receipt needs none."""
    late: bool = False
    """True where the report came after that day."""
    overrides: tuple[Override, ...] = ()
    """What the report departs from."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class MeasureDue:
    """A measure of a receipt, as a report has to speak of it."""

    measure: str
    """Code of the measure."""
    title: str
    """Its title in Chinese."""
    subject: int
    """Index into the receipt's subjects."""
    duty: Duty
    """Whether it must be applied."""
    prohibits: bool
    """True where a law forbids the licence itself."""
    rules: tuple[str, ...]
    """Rules that call for it."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class FollowedReceipt:
    """A receipt in the loop."""

    id: str
    """Receipt id."""
    kind: str
    """'check' or 'leniency'."""
    organ: str
    """The organ whose answer it is."""
    item: str
    """Code of the approval item. Empty for a leniency answer that names none."""
    case_number: str
    """The organ's case number."""
    answer: str
    """The answer as a code, for example 'measures', 'prohibited' or 'may_be_exempt'."""
    answer_title: str
    """Its title in Chinese."""
    issued_at: str
    """Instant of the receipt, RFC 3339 in UTC."""
    due_on: date | None
    """Last legal day for the report, inclusive. None where it needs none."""
    state: FollowUpState
    """Where it stands."""
    in_progress: bool
    """True where something was reported that does not settle it: the approval is still pending."""
    measures: tuple[MeasureDue, ...]
    """Its measures. Empty where the receipt's contents were erased."""
    erased: bool
    """True where the receipt's contents were erased by law: nothing can be reported on it any more."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class PendingPage:
    """A page of receipts that are open."""

    receipts: tuple[FollowedReceipt, ...]
    """The oldest first."""
    next: str
    """Cursor of the next page. Empty where there is none."""
    open: int
    """On the first page: how many are open in all, those overdue included."""
    overdue: int
    """On the first page: how many of them are overdue."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How often a reason was given."""

    reason: DepartureReason | None
    """The reason. Unspecified: in words alone, for what was optional."""
    title: str
    """Its title in Chinese."""
    count: int
    """How often."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class RuleFollowUp:
    """What became of what one rule called for. Counted by measure and subject of each receipt."""

    rule: str
    """Id of the rule."""
    title: str
    """Its title in Chinese, as the receipts have it."""
    ordered: int
    """Called for: applied + not_applied + silent."""
    mandatory: int
    """Of these, mandatory."""
    applied: int
    """Applied."""
    not_applied: int
    """Not applied, with a reason or words."""
    silent: int
    """Nothing is said of it: no report yet, or one that leaves out what is optional."""
    reasons: tuple[ReasonCount, ...]
    """Not applied, by reason."""
    overrides: int
    """Overrides: mandatory and not applied, except where another organ applies it or the application was
    withdrawn.
    """
    against_prohibition: int
    """Of these, against a prohibition."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class OutcomeStatistics:
    """Counts."""

    rules: tuple[RuleFollowUp, ...]
    """By rule, those with the most overrides first, then by id."""
    receipts: int
    """Receipts that need a report: settled + settled_by_later + open."""
    settled: int
    """Settled by a report."""
    settled_late: int
    """Of these, by one that came after the last day."""
    settled_by_later: int
    """Settled by a report on a later check of the same case. Their measures are counted there alone."""
    open: int
    """Without a report that settles them."""
    overdue: int
    """Of these, overdue."""
    volunteered: int
    """Reports on receipts that needed none."""
    since: date
    """First legal day that was counted."""
    until: date
    """Last legal day that was counted."""

    to_dict = plain


class ReceiptPart(StrEnum):
    """A part of a receipt."""

    QUESTION = "question"
    """What was asked."""
    DECISION = "decision"
    """What was decided, with all that was known."""


@dataclass(frozen=True, slots=True)
class ErasedPart:
    """A part of a receipt that was erased."""

    part: ReceiptPart
    """The part."""
    erased_on: date | None
    """Legal day on which it was erased."""
    ground: str
    """Why the law asks for it, in Chinese."""
    receipt_id: str
    """Id of the receipt of the erasure itself."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class ReceiptSummary:
    """A receipt in short: what stands in its payload, without question and answer."""

    receipt_id: str
    """Receipt id."""
    kind: ReceiptKind
    """What it holds."""
    digest: str
    """Digest of the payload: 'sha256:' or 'sm3:' and 64 lower-case hexadecimal digits."""
    organ: str
    """Code of the organ."""
    item: str
    """Code of the item or entry. Empty where it names none."""
    case_number: str
    """The organ's case number. Empty where it has none."""
    outcome: str
    """Code of what it comes to, for example 'measures' or 'may_be_exempt'."""
    about_receipt_id: str
    """Id of the receipt that it is about. Empty for an answer."""
    rule_set: str
    """Digest of the rule set. Empty for what rests on none."""
    issued_at: datetime
    """Instant at which it was made."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class ReceiptsPage:
    """A page of receipts, the newest first; of one instant by id."""

    receipts: tuple[ReceiptSummary, ...]
    """The receipts."""
    next_page_token: str
    """Token of the next page. Empty: this is the last one."""

    to_dict = plain


class RuleSetState(StrEnum):
    """Where a rule set stands."""

    DRAFT = "draft"
    """Stored, not proposed (草稿)."""
    PROPOSED = "proposed"
    """Proposed (已提交)."""
    APPROVED = "approved"
    """Approved by a second person (已审核)."""
    SCHEDULED = "scheduled"
    """To be in force at a known instant (待启用)."""
    ACTIVE = "active"
    """In force (使用中)."""
    RETIRED = "retired"
    """No longer in force, or withdrawn (已停用)."""


@dataclass(frozen=True, slots=True)
class RuleSetAct:
    """An act on a rule set, as it is stored."""

    number: int
    """Number of the act, from 1. For acts that put a rule set into force it is the number of the
    activation.
    """
    kind: str
    """'proposed', 'approved', 'activated', 'rolled_back', 'retired', 'installed' or 'refused'."""
    rule_set: str
    """The rule set: 'sha256:' and 64 hexadecimal digits. Empty for a refusal."""
    by: str
    """Person in the register of signers, or the machine."""
    at: datetime
    """Instant of the act, RFC 3339 in UTC."""
    effective_at: datetime | None
    """First instant at which the rule set is in force, RFC 3339 in UTC. None for acts that put none into
    force.
    """
    note: str
    """The person's note."""
    hash: str
    """SHA-256 of the act's canonical JSON, hexadecimal: what the next act names as the one before it."""
    has_report: bool
    """True where the act has a report."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    """What one worker serves, as it says itself."""

    id: str
    """Machine, process and number."""
    address: str
    """Address that it serves on."""
    rule_set: str
    """Rule set that it serves. Empty where it can serve none."""
    activation: int
    """Number of the activation."""
    since: str
    """Instant from which it serves it, RFC 3339 in UTC."""
    seen_at: str
    """Instant of its word, RFC 3339 in UTC."""
    problem: str
    """Why it can serve none, in Chinese."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class ExportedRuleSet:
    """A rule set."""

    rule_set: str
    """Its digest."""
    state: RuleSetState
    """Where it stands."""
    canonical_json: bytes
    """Canonical JSON; its SHA-256 is the digest."""
    files: dict[str, bytes]
    """Source files by path."""

    to_dict = plain


@dataclass(frozen=True, slots=True)
class SignedAct:
    """An act that was signed by a person. The act's canonical JSON has number, previous, kind, digest, by,
    at, activate_at, note and report.
    """

    act: bytes
    """Canonical JSON (RFC 8785), as it was signed."""
    signature: bytes
    """Ed25519 signature, 64 bytes."""

    to_dict = plain
