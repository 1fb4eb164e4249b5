"""The question whether a violation goes without a penalty."""

from __future__ import annotations

from ...rulebook.language import Value
from ..question import Inquiry, SubjectInRole
from .decision import LeniencyDecision


class LeniencyQuestion(Inquiry[LeniencyDecision], frozen=True, kw_only=True):
    """May this violation go without a penalty (不予处罚)."""

    exemption: str = ""
    """Code of the exemption entry; empty where the act is on no list."""
    description: str = ""
    """The act in words, where there is no entry. No personal data."""
    case_number: str
    subject: SubjectInRole
    facts: dict[str, Value]
    """Circumstances and days of the case that are known so far, by name, in the rule language's form."""
    region: str
    """Division in which the act was done, GB/T 2260."""
