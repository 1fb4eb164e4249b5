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
)
from .leniency import Leniency, LeniencyResult, Violation
from .questions import Question, Role, Stage, Subject
from .results import (
    CheckResult,
    Duty,
    LevelResult,
    Measure,
    MeasureKind,
    Outcome,
    QuestionFailed,
    ReceiptResult,
)

__version__ = "0.1.0"

__all__ = [
    "AsyncClient",
    "CheckResult",
    "Client",
    "CreditGateError",
    "DeadlineExceeded",
    "Duty",
    "IdConflict",
    "InvalidQuestion",
    "Leniency",
    "LeniencyResult",
    "LevelResult",
    "Measure",
    "MeasureKind",
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
    "Subject",
    "TooLarge",
    "TooMuch",
    "Unavailable",
    "UnknownThing",
    "Violation",
    "WhoAreYou",
    "WrongQuestion",
]
