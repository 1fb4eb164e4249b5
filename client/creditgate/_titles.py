# Generated from the server's tables by tools/generate_titles.py. Do not edit.
"""Chinese titles of kinds, outcomes and duties, by code in small letters."""

KINDS = {
    "check": "信用核查",
    "level": "监管等级查询",
    "leniency": "免罚判断",
    "outcome": "办理反馈",
    "erasure": "依法删除记录",
}

OUTCOMES = {
    "clear": "无奖惩措施",
    "incentives": "适用激励措施",
    "measures": "适用惩戒措施",
    "prohibited": "依法不予办理",
    "undetermined": "不能确定",
}

MEASURE_KINDS = {
    "incentive": "守信激励",
    "restraint": "失信惩戒",
}

DUTIES = {
    "mandatory": "应当",
    "optional": "可以",
}

LENIENCIES = {
    "past_limitation": "超过追责时效, 不再给予行政处罚",
    "no_penalty_capacity": "因年龄或精神状态不予行政处罚",
    "no_penalty_minor": "轻微不罚: 应当不予行政处罚",
    "no_penalty_no_fault": "没有主观过错, 不予行政处罚",
    "may_be_exempt": "首违可以不罚: 可以不予行政处罚",
    "fine_may_be_waived": "可以免予罚款",
    "shall_mitigate": "应当从轻或者减轻行政处罚",
    "may_mitigate": "可以从轻或者减轻行政处罚",
    "excluded": "属于清单规定的不适用情形",
    "ordinary": "没有不予处罚的情形, 按一般程序办理",
    "undetermined": "尚不能确定",
}

EXEMPTION_KINDS = {
    "minor": "轻微不罚",
    "first": "首违不罚",
    "fine_waived": "免予罚款",
    "lighter": "从轻减轻",
}

RESULTS = {
    "granted": "准予",
    "granted_with_conditions": "附条件准予",
    "refused": "不予许可",
    "withdrawn": "撤回申请",
    "pending": "办理中",
    "not_penalised": "不予处罚",
    "penalised": "予以处罚",
    "other": "其他处理",
}

REASONS = {
    "legal": "另有法律规定",
    "data_wrong": "信用信息有误或异议成立",
    "repaired": "期间已修复",
    "not_applicable": "不适用于本案",
    "other_organ": "由其他部门实施",
    "other": "其他",
}

PENALTIES = {
    "warning": "警告",
    "criticism": "通报批评",
    "fine": "罚款",
    "income_confiscated": "没收违法所得",
    "property_confiscated": "没收非法财物",
    "licence_withheld": "暂扣许可证件",
    "qualification_lowered": "降低资质等级",
    "licence_revoked": "吊销许可证件",
    "business_restricted": "限制开展生产经营活动",
    "business_stopped": "责令停产停业",
    "closed": "责令关闭",
    "practice_restricted": "限制从业",
    "detention": "行政拘留",
    "other": "其他行政处罚",
}
