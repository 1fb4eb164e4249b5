"""Chinese names of the closed sets of the rule language, for officials and firms."""

from __future__ import annotations

from .catalogue import (
    Area,
    Element,
    ExemptionKind,
    FactSource,
    FactType,
    MeasureKind,
    PenaltyKind,
    Rank,
    RecordField,
    RelationKind,
    RestsOn,
)
from .language import Book, Duty, Hit, Leniency, RecordState, Role, Stage

BOOKS = {Book.GRADE: "信用等级", Book.LEVEL: "监管等级", Book.MEASURES: "措施", Book.LENIENCY: "不予处罚"}
ROLES = {
    Role.APPLICANT: "申请人",
    Role.LEGAL_REPRESENTATIVE: "法定代表人",
    Role.CONTROLLING_SHAREHOLDER: "控股股东",
    Role.ACTUAL_CONTROLLER: "实际控制人",
    Role.THIRD_PARTY_PRACTITIONER: "第三方从业机构和人员",
    Role.AGENT: "代理人",
    Role.PRINCIPAL: "主要负责人",
    Role.DIRECTLY_RESPONSIBLE: "直接责任人员",
}
RELATIONS = {kind: ROLES[kind.role] for kind in RelationKind}
PENALTY_KINDS = {
    PenaltyKind.WARNING: "警告",
    PenaltyKind.CRITICISM: "通报批评",
    PenaltyKind.FINE: "罚款",
    PenaltyKind.CONFISCATION: "没收违法所得、没收非法财物",
    PenaltyKind.SUSPENSION: "暂扣许可证件",
    PenaltyKind.DOWNGRADE: "降低资质等级",
    PenaltyKind.REVOCATION: "吊销许可证件",
    PenaltyKind.RESTRICTION: "限制开展生产经营活动",
    PenaltyKind.BUSINESS_STOP: "责令停产停业",
    PenaltyKind.CLOSURE: "责令关闭",
    PenaltyKind.JOB_BAN: "限制从业",
    PenaltyKind.DETENTION: "行政拘留",
    PenaltyKind.OTHER: "其他行政处罚",
}
"""As 行政处罚法 第九条 words them."""
SOURCES = {RestsOn.OWN_PRACTICE: "本市自定, 没有法律依据"}
STAGES = {Stage.ACCEPTANCE: "受理", Stage.EXAMINATION: "审查", Stage.DECISION: "决定", Stage.AFTER: "办结以后"}
DUTIES = {Duty.MANDATORY: "应当", Duty.OPTIONAL: "可以"}
KINDS = {MeasureKind.INCENTIVE: "守信激励", MeasureKind.RESTRAINT: "失信惩戒"}
LENIENCIES = {
    Leniency.PAST_LIMITATION: "超过追责时效, 不再给予行政处罚",
    Leniency.NO_PENALTY_CAPACITY: "因年龄或精神状态不予行政处罚",
    Leniency.NO_PENALTY_MINOR: "轻微不罚: 应当不予行政处罚",
    Leniency.NO_PENALTY_NO_FAULT: "没有主观过错, 不予行政处罚",
    Leniency.MAY_BE_EXEMPT: "首违可以不罚: 可以不予行政处罚",
    Leniency.FINE_MAY_BE_WAIVED: "可以免予罚款",
    Leniency.SHALL_MITIGATE: "应当从轻或者减轻行政处罚",
    Leniency.MAY_MITIGATE: "可以从轻或者减轻行政处罚",
    Leniency.EXCLUDED: "属于清单规定的不适用情形",
    Leniency.ORDINARY: "没有不予处罚的情形, 按一般程序办理",
    Leniency.UNDETERMINED: "尚不能确定",
}
EXEMPTION_KINDS = {
    ExemptionKind.MINOR: "轻微不罚",
    ExemptionKind.FIRST: "首违不罚",
    ExemptionKind.FINE_WAIVED: "免予罚款",
    ExemptionKind.LIGHTER: "从轻减轻",
}
ELEMENTS = {
    Element.FIRST: "初次违法",
    Element.CORRECTED: "及时改正",
    Element.NO_HARM: "没有造成危害后果",
    Element.SLIGHT_HARM: "危害后果轻微",
    Element.MINOR: "违法行为轻微",
}
RECORD_PARTS = {
    "organ": "作出决定的机关",
    "penalty_kinds": "处罚种类",
    "fine_fen": "罚款金额",
    "licence_item": "所涉许可",
    "ground": "列入事由",
    "ban_until": "禁止期限的截止日",
    "kind": "记录类别",
    "list": "名单",
    "severity": "失信严重程度",
    "decided_on": "决定日期",
    "effective_from": "生效日期",
    "until": "公示截止日",
    "state": "状态",
    "state_on": "状态变更日",
    "amount_fen": "罚没金额",
    "confiscated_fen": "没收金额",
    "violation_code": "违法行为",
}
"""What officials call the fields of a record that rules look at, those first that a record may leave unsaid."""
RECORD_FIELDS = {
    RecordField.STATE: RECORD_PARTS["state"],
    RecordField.DECIDED_ON: RECORD_PARTS["decided_on"],
    RecordField.UNTIL: RECORD_PARTS["until"],
    RecordField.SEVERITY: RECORD_PARTS["severity"],
    RecordField.AMOUNTS: RECORD_PARTS["amount_fen"],
    RecordField.PENALTY_KINDS: RECORD_PARTS["penalty_kinds"],
    RecordField.LICENCE_ITEM: RECORD_PARTS["licence_item"],
    RecordField.BAN_UNTIL: RECORD_PARTS["ban_until"],
    RecordField.GROUND: RECORD_PARTS["ground"],
    RecordField.VIOLATION: RECORD_PARTS["violation_code"],
}
AREAS = {Area.CITY: "本市", Area.NATION: "不限地域"}
STATES = {RecordState.EFFECTIVE: "仍有效", RecordState.REPAIRED: "已修复", RecordState.EXPIRED: "已届满"}
RECORD_STATES = {"effective": "有效", "repaired": "已修复", "revoked": "已撤销"}
"""Of a record as a source says it, whatever the day."""
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
    FactSource.CIRCUMSTANCE: "违法情节, 由办案人员提供",
    FactSource.CASE: "案件的日期, 由办案人员提供",
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
