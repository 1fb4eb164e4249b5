"""Chinese names of the closed sets of the rule language, for officials and firms."""

from __future__ import annotations

from .catalogue import FactSource, FactType, MeasureKind, Rank
from .language import Book, Duty, Hit, RecordState, Role, Stage

BOOKS = {Book.GRADE: "信用等级", Book.LEVEL: "监管等级", Book.MEASURES: "措施"}
ROLES = {
    Role.APPLICANT: "申请人",
    Role.LEGAL_REPRESENTATIVE: "法定代表人",
    Role.CONTROLLING_SHAREHOLDER: "控股股东",
    Role.ACTUAL_CONTROLLER: "实际控制人",
    Role.THIRD_PARTY_PRACTITIONER: "第三方从业机构和人员",
    Role.AGENT: "代理人",
}
STAGES = {Stage.ACCEPTANCE: "受理", Stage.EXAMINATION: "审查", Stage.DECISION: "决定", Stage.AFTER: "办结以后"}
DUTIES = {Duty.MANDATORY: "应当", Duty.OPTIONAL: "可以"}
KINDS = {MeasureKind.INCENTIVE: "守信激励", MeasureKind.RESTRAINT: "失信惩戒"}
STATES = {RecordState.EFFECTIVE: "仍有效", RecordState.REPAIRED: "已修复", RecordState.EXPIRED: "已届满"}
SEVERITIES = {"minor": "轻微", "general": "一般", "serious": "严重"}
RANKS = {
    Rank.LAW: "法律",
    Rank.JUDICIAL_INTERPRETATION: "司法解释",
    Rank.ADMINISTRATIVE_REGULATION: "行政法规",
    Rank.CENTRAL_DOCUMENT: "党中央、国务院文件",
    Rank.LOCAL_REGULATION: "地方性法规",
    Rank.DEPARTMENT_RULE: "部门规章",
    Rank.LOCAL_RULE: "地方政府规章",
    Rank.NORMATIVE_DOCUMENT: "规范性文件",
    Rank.NATIONAL_STANDARD: "国家标准",
}
HITS = {
    Hit.UNIQUE: "唯一: 最多一行成立",
    Hit.COLLECT: "汇总: 成立的各行都算",
    Hit.PRIORITY: "优先: 成立的各行只算最上面的一行; 上面的行还不能确定时, 本行也不能确定",
}
FACT_TYPES = {
    FactType.FLAG: "是或否",
    FactType.WHOLE: "整数",
    FactType.MONEY: "金额",
    FactType.DAY: "日期",
    FactType.CHOICE: "选项",
}
FACT_SOURCES = {
    FactSource.CALLER: "由询问的部门提供",
    FactSource.ATTRIBUTE: "由登记数据提供",
    FactSource.RATING: "由行业等级数据提供",
    FactSource.IDENTIFIER: "由主体代码得出",
    FactSource.GRADE: "由信用等级册得出",
    FactSource.LEVEL: "由监管等级册得出",
}
SUBJECT_KINDS = {
    "person": "自然人",
    "enterprise": "企业",
    "sole_trader": "个体工商户",
    "cooperative": "农民专业合作社",
    "institution": "机关和事业单位",
    "social_organisation": "社会组织",
    "other": "其他",
}
"""Values of a fact that is read off the identifier (`codes.subject_kind`)."""
NO_RATING = {"none": "“没有评价”"}
"""The choice of a rating fact where the feed is good and there is no rating."""
