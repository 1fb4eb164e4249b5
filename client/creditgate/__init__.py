"""Credit Gate's client: the credit check that an approval makes before a licence is issued."""

from .aio import AsyncClient
from .client import Client
from .errors import (
    CreditGateError,
    DeadlineExceeded,
    IdConflict,
    InvalidQuestion,
    NoService,
    NotReady,
    NotYours,
    RuleSetChanged,
    ServiceError,
    TooLarge,
    TooMuch,
    Unavailable,
    UnknownThing,
    WhoAreYou,
    WrongQuestion,
    WrongState,
)
from .exemption_register import (
    ExemptionGrant,
    ExemptionStatistics,
    GrantFilters,
    GrantsPage,
    GrantStanding,
    NewGrant,
    StatisticsKey,
)
from .exemptions import ExemptionEntry, ExemptionKind, ExemptionSearch, ExemptionsFound
from .leniency import Leniency, LeniencyResult, Violation
from .questions import Question, Role, Stage, Subject
from .receipts import ReceiptResult
from .results import (
    CheckResult,
    Duty,
    LevelResult,
    Measure,
    MeasureKind,
    Outcome,
    QuestionFailed,
)

__version__ = "0.1.0"

__all__ = [
    "AsyncClient",
    "CheckResult",
    "Client",
    "CreditGateError",
    "DeadlineExceeded",
    "Duty",
    "ExemptionEntry",
    "ExemptionGrant",
    "ExemptionKind",
    "ExemptionSearch",
    "ExemptionStatistics",
    "ExemptionsFound",
    "GrantFilters",
    "GrantStanding",
    "GrantsPage",
    "IdConflict",
    "InvalidQuestion",
    "Leniency",
    "LeniencyResult",
    "LevelResult",
    "Measure",
    "MeasureKind",
    "NewGrant",
    "NoService",
    "NotReady",
    "NotYours",
    "Outcome",
    "Question",
    "QuestionFailed",
    "ReceiptResult",
    "Role",
    "RuleSetChanged",
    "ServiceError",
    "Stage",
    "StatisticsKey",
    "Subject",
    "TooLarge",
    "TooMuch",
    "Unavailable",
    "UnknownThing",
    "Violation",
    "WhoAreYou",
    "WrongQuestion",
    "WrongState",
]
