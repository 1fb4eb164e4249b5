"""Chinese names of the language's closed sets, of the catalogue's sections and of fields."""

from __future__ import annotations

from ...decision.check.decision import OUTCOMES, Outcome
from .report import Aspect, ChangeKind, SymbolicVerdict

OPEN = "不能确定"
"""An open grade or level."""

ASPECTS = {Aspect.GRADE: "信用等级", Aspect.LEVEL: "监管等级", Aspect.CHECK: "核查结果和措施"}
CHANGES = {
    ChangeKind.ADDED: "新增",
    ChangeKind.REMOVED: "删除",
    ChangeKind.CHANGED: "修改",
    ChangeKind.NEW_VERSION: "新版本",
    ChangeKind.VERSION_REMOVED: "取消版本",
}
VERDICTS = {
    SymbolicVerdict.EQUIVALENT: "等效: 对任何主体的信用核查结果都相同",
    SymbolicVerdict.STRICTER: "更严: 没有主体变宽, 至少有一种主体变严",
    SymbolicVerdict.LOOSER: "更宽: 没有主体变严, 至少有一种主体变宽",
    SymbolicVerdict.NEITHER: "有严有宽",
}

SECTIONS = {
    "instruments": "依据",
    "measures": "措施",
    "record_kinds": "记录类别",
    "lists": "名单",
    "ladders": "评价",
    "feeds": "数据源",
    "organs": "部门",
    "grounds": "列入事由",
    "traits": "办理方式",
    "items": "事项",
    "grades": "信用等级",
    "levels": "监管等级",
    "facts": "事实",
    "parameters": "参数",
    "regions": "行政区划",
    "calendars": "工作日安排",
    "soft_measures": "柔性措施",
    "exemption_lists": "免罚清单",
    "exemptions": "免罚事项",
    "objections": "救济途径",
    "authority": "数据权威",
    "tables": "决策表",
    "verifications": "核实登记",
}
"""A section without a name here is shown by its own."""

FIELDS = {
    "title": "名称",
    "label": "名称",
    "number": "文号",
    "rank": "效力层级",
    "effective": "有效期",
    "verified": "已核实",
    "kind": "种类",
    "instruction": "办理要求",
    "prohibits": "法律禁止",
    "roles": "适用对象",
    "triggers": "情形",
    "duty": "应当或可以",
    "yields_to": "让位于",
    "feed": "数据源",
    "severities": "严重程度",
    "severity": "严重程度",
    "may_be": "可能是哪几种记录",
    "terms": "期限和修复",
    "rests_on": "以哪些记录为前提",
    "lasts_months": "有效月数",
    "repairable": "可以修复",
    "repair_after_months": "满几个月可修复",
    "applies_to": "适用于何时作出的决定",
    "decided_from": "自何日作出",
    "decided_until": "至何日作出",
    "counted_from": "自何时起算",
    "relations": "说明关联关系",
    "required_roles": "必须核查的角色",
    "condition": "修复条件",
    "channel": "修复渠道",
    "organ": "部门",
    "severe": "严重失信名单",
    "ratings": "等级",
    "max_age_days": "最长数据天数",
    "own": "本系统登记",
    "elsewhere": "外地通称",
    "outcome_days": "反馈期限",
    "traits": "办理方式",
    "certificates": "证书名称",
    "basis": "依据",
    "missing": "没有找到",
    "frequency": "检查频次",
    "type": "类型",
    "source": "来源",
    "unit": "单位",
    "choices": "选项",
    "ladder": "评价",
    "default": "默认值",
    "supplier": "提供者",
    "value": "值",
    "values": "各期的值",
    "versions": "各期的值",
    "instrument": "依据",
    "article": "条款",
    "titles": "选项名称",
    "presumed": "没有主张时的推定",
    "occurred": "是否已经发生",
    "covered": "收录其信用信息",
    "year": "年份",
    "holidays": "放假",
    "workdays": "调休上班",
    "version": "版本",
    "region": "地域",
    "requires": "要件",
    "first": "初次违法",
    "corrected": "及时改正",
    "measures": "配套监管措施",
    "recheck": "复查",
    "remark": "备注",
    "basic_code": "基本编码",
    "penalty_basis": "设定依据",
    "keywords": "常用说法",
    "asked": "哪些询问之后",
    "text": "内容",
    "where": "向谁提出",
    "within": "期限",
    "since": "从何时起算",
    "from_decision": "从知道决定起算",
    "organs": "部门",
    "except_organs": "除外的部门",
    "lists": "名单",
}
"""A field without a name here is shown by its own."""


def standing_title(aspect: Aspect, titles: dict[str, str], code: str) -> str:
    """A grade with its code, as people name it, or a level; an open one in words."""
    if not code:
        return OPEN
    title = titles.get(code, code)
    return f"{code}({title})" if aspect is Aspect.GRADE and title != code else title


def outcome_title(code: str) -> str:
    """An outcome in Chinese."""
    return OUTCOMES.get(Outcome(code), code) if code in set(Outcome) else code
