"""Chinese titles of codes, by code in small letters: those of the service, and those of what the client alone tells."""

from __future__ import annotations

from ._titles import DUTIES, EXEMPTION_KINDS, KINDS, LENIENCIES, MEASURE_KINDS, OUTCOMES, PENALTIES, REASONS, RESULTS

__all__ = [
    "DUTIES", "EVENTS", "EXEMPTION_KINDS", "FOLLOW_UP_STATES", "GRANT_STANDINGS", "KINDS", "LENIENCIES",
    "MEASURE_KINDS", "OUTCOMES", "PENALTIES", "REASONS", "RECEIPT_PARTS", "RESULTS",
]  # fmt: skip

FOLLOW_UP_STATES = {
    "not_needed": "无需反馈",
    "open": "待反馈",
    "overdue": "逾期未反馈",
    "settled": "已反馈",
    "settled_by_later": "已由同一办件的后一次核查反馈",
}
EVENTS = {"needed": "待反馈", "overdue": "逾期", "reported": "反馈", "withdrawn": "撤回", "caught_up": ""}
GRANT_STANDINGS = {
    "corrected": "已改正",
    "late": "逾期改正",
    "pending": "期限内待改正",
    "overdue": "逾期未改正",
    "withdrawn": "已撤回",
}
RECEIPT_PARTS = {"question": "申请内容", "decision": "核查结论"}
