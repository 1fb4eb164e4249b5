"""Credit Gate's client: the credit check that an approval makes before a licence is issued."""

from ._contract import (
    ApprovalResult,
    DepartureReason,
    Duty,
    ErasedPart,
    ExemptionEntry,
    ExemptionGrant,
    ExemptionKind,
    ExemptionsFound,
    ExemptionStatistics,
    ExemptionStatisticsKey,
    ExportedRuleSet,
    FollowedReceipt,
    FollowUpState,
    GrantsPage,
    GrantStanding,
    Leniency,
    Measure,
    MeasureKind,
    Outcome,
    OutcomeStatistics,
    PenaltyKind,
    PenaltyResult,
    PendingPage,
    ReceiptKind,
    ReceiptPart,
    ReceiptsPage,
    ReceiptSummary,
    Ref,
    ReportResult,
    Role,
    RuleSetAct,
    RuleSetState,
    SignedAct,
    Stage,
    WatchEvent,
    WorkerStatus,
)
from ._sync.client import Client
from .calls.client import AsyncClient
from .errors import (
    ClientClosed,
    CreditGateError,
    DeadlineExceeded,
    Erased,
    FieldViolation,
    IdConflict,
    InvalidQuestion,
    InvalidTarget,
    NoService,
    NotReady,
    NotYours,
    RuleSetChanged,
    ServiceError,
    TlsFault,
    TooLarge,
    TooMuch,
    Unavailable,
    UnknownHost,
    UnknownThing,
    WhoAreYou,
    WrongQuestion,
    WrongState,
)
from .values.check import CheckResult, Question
from .values.common import QuestionFailed, Subject
from .values.exemptions import ExemptionSearch, GrantFilters, NewGrant
from .values.leniency import LeniencyResult, Violation
from .values.level import LevelQuestion, LevelResult
from .values.outcomes import MeasureDone, OutcomeEvent, OutcomeResult, PenaltyDecision
from .values.receipts import Explanation, ReceiptResult
from .values.rule_sets import ActKind, RuleSetStatus

__version__ = "0.1.0"

__all__ = [
    "ActKind", "ApprovalResult", "AsyncClient", "CheckResult", "Client", "ClientClosed", "CreditGateError",
    "DeadlineExceeded", "DepartureReason", "Duty", "Erased", "ErasedPart", "ExemptionEntry", "ExemptionGrant",
    "ExemptionKind", "ExemptionSearch", "ExemptionStatistics", "ExemptionStatisticsKey", "ExemptionsFound",
    "Explanation", "ExportedRuleSet", "FieldViolation", "FollowUpState", "FollowedReceipt", "GrantFilters",
    "GrantStanding", "GrantsPage", "IdConflict", "InvalidQuestion", "InvalidTarget", "Leniency", "LeniencyResult",
    "LevelQuestion", "LevelResult", "Measure", "MeasureDone", "MeasureKind", "NewGrant", "NoService", "NotReady",
    "NotYours", "Outcome", "OutcomeEvent", "OutcomeResult", "OutcomeStatistics", "PenaltyDecision", "PenaltyKind",
    "PenaltyResult", "PendingPage", "Question", "QuestionFailed", "ReceiptKind", "ReceiptPart", "ReceiptResult",
    "ReceiptSummary", "ReceiptsPage", "Ref", "ReportResult", "Role", "RuleSetAct", "RuleSetChanged", "RuleSetState",
    "RuleSetStatus", "ServiceError", "SignedAct", "Stage", "Subject", "TlsFault", "TooLarge", "TooMuch", "Unavailable",
    "UnknownHost", "UnknownThing", "Violation", "WatchEvent", "WhoAreYou", "WorkerStatus", "WrongQuestion",
    "WrongState",
]  # fmt: skip
