"""Where no rule gives a grade, the answer says that, and does not blame the engine."""

from __future__ import annotations

from datetime import date

from creditgate_server.decision.check.decision import Outcome
from creditgate_server.decision.check.question import Question
from creditgate_server.decision.knowledge import Knowledge
from creditgate_server.decision.question import SubjectInRole
from creditgate_server.judging.judge import Judge
from creditgate_server.rulebook.language import Role, Stage
from tests.analysis.library import GRADE, library

FIRM = "91441900708017879M"
DAY = date(2026, 11, 20)


def test_a_subject_that_no_grade_rule_meets_is_undetermined_for_want_of_a_rule():
    rules = library(grade=GRADE.replace("in: [B, none]", "is: B"))  # no rating, no grade
    question = Question(
        organ="market",
        item="licence",
        case_number="虚构-1",
        stage=Stage.ACCEPTANCE,
        subjects=(SubjectInRole(identifier=FIRM, role=Role.APPLICANT),),
        facts={"promised": 1, "staff": 1},
        purpose="测试",
        day=DAY,
    )
    known = Knowledge(identifier=FIRM, present=True, attributes={"founded": "2020-01-01"}, records=(), ratings=())
    decision = Judge(rules).judge(question, {FIRM: known}, {"feed": DAY})
    assert decision.outcome is Outcome.UNDETERMINED
    found = {(entry.what, entry.supplier) for entry in decision.undetermined}
    assert found == {("grade", "规则库管理人员")}  # the level waits for the grade, and is not named besides
