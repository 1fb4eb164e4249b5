"""The explanation as one page of HTML that needs nothing else, and prints on A4 paper."""

from __future__ import annotations

from ...pages.rendering import rendered
from .values import Explanation, FindingKind

KINDS = {
    FindingKind.GRADE: ("信用等级", "standing"),
    FindingKind.LEVEL: ("监管等级", "standing"),
    FindingKind.PROHIBITION: ("法律禁止", "ban"),
    FindingKind.RESTRAINT: ("惩戒措施", "restraint"),
    FindingKind.INCENTIVE: ("激励措施", "incentive"),
    FindingKind.GROUND: ("免罚依据", "standing"),
}
"""What a finding's mark says, and its colours."""
WARNING = "警告"
"""What a note begins with that stands at the head of the page."""


def page(explanation: Explanation, tone: str = "") -> str:
    """The whole page. `tone`: code of the answer, by which the result is coloured."""
    warnings = tuple(note for note in explanation.notes if note.startswith(WARNING))
    remarks = tuple(note for note in explanation.notes if not note.startswith(WARNING))
    return rendered("explanation.html.j2", it=explanation, tone=tone, kinds=KINDS, warnings=warnings, remarks=remarks)
