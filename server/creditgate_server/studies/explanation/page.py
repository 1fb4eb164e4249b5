"""The explanation as one page of HTML that needs nothing else, and prints on A4 paper."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from importlib.resources import files

from ...rulebook.handbook.html import Html, html, tag, verbatim
from .page_parts import (
    finding,
    known_table,
    miss,
    missing_table,
    objection,
    pairs,
    remedy,
    section,
    sentences,
    sources_table,
)
from .values import Explanation, Line

_HOW = "向部门索取导出的回执文件和账本公钥, 在任何一台电脑上运行 "
NOT_A_DECISION = (
    "本页说明的是信用核查系统的回答和它的理由, 不是行政决定。是否许可、是否处罚由部门决定; 不服时针对的是部门的决定"
)


def page(explanation: Explanation, tone: str = "") -> str:
    """The whole page. `tone`: code of the answer, by which the result is coloured."""
    style = verbatim(files(__package__).joinpath("page.css").read_text(encoding="utf-8"))
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", **{"http-equiv": "Content-Security-Policy", "content": _policy(style)}),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", f"{explanation.kind_title}说明 {explanation.receipt}"),
        tag("style", style),
    )
    body = tag("body", tag("main", _top(explanation, tone), *_sections(explanation), _foot(explanation)))
    return f"<!DOCTYPE html>\n{tag('html', head, body, lang='zh-CN')}\n"


def _policy(style: str) -> str:
    """Nothing is loaded and nothing runs."""
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _top(explanation: Explanation, tone: str) -> Html:
    return tag(
        "header",
        tag("h1", f"{explanation.kind_title}结果说明"),
        tag("p", f"{_asked(explanation.question)}判断日 {explanation.day}", class_="quiet"),
        *(tag("p", note, class_="result warning") for note in explanation.notes if note.startswith("警告")),
        tag("p", explanation.headline, class_=f"result {tone}".strip()),
        _now(explanation.next_steps),
    )


def _asked(question: Iterable[Line]) -> str:
    wanted = ("部门", "事项", "违法行为")
    return "".join(f"{line.text}; " for line in question if line.label in wanted)


def _now(steps: Iterable[str]) -> Html:
    lines = [tag("li", step) for step in steps]
    return tag("div", tag("h2", "您现在可以做什么"), tag("ol", *lines), class_="now") if lines else html()


def _sections(explanation: Explanation) -> Iterable[Html]:
    several = len(explanation.subjects) > 1
    yield section("问了什么", pairs(explanation.question), _subjects(explanation.subjects))
    if explanation.erased:
        yield section("已依法删除的内容", sentences(explanation.erased))
    if explanation.findings:
        yield section("哪些规则起了作用", *(finding(one, several=several) for one in explanation.findings))
    if explanation.precedence:
        yield section("几条规则之间谁优先", sentences(explanation.precedence))
    if explanation.missing:
        yield section("还没有查清的情况", missing_table(explanation.missing, several=several))
    if explanation.near_misses:
        yield section(
            "差一点就起作用的规则",
            tag("p", "下面的规则只差一个条件, 这次没有起作用。情况变化以后, 结果可能不同。", class_="quiet"),
            *(miss(one, several=several) for one in explanation.near_misses),
        )
    if explanation.known:
        yield section("当时知道什么, 从哪里来, 有多旧", known_table(explanation.known, several=several))
    if explanation.remedies:
        yield section("怎样修复", *(remedy(one, several=several) for one in explanation.remedies))
    if explanation.steps:
        yield section("接下来的程序", pairs(explanation.steps))
    if explanation.reports:
        yield section("部门后来怎样办的", pairs(explanation.reports))
    if explanation.objections:
        intro = tag("p", NOT_A_DECISION, class_="quiet")
        yield section("不服怎么办", intro, *(objection(one) for one in explanation.objections))
    if explanation.sources:
        yield section("用到的数据", sources_table(explanation.sources))


def _subjects(subjects: tuple[str, ...]) -> Html:
    if not subjects:
        return html()
    if len(subjects) == 1:
        return pairs((Line(label="被查询的主体", text=subjects[0]),))
    return pairs(Line(label=f"主体 {number}", text=subject) for number, subject in enumerate(subjects, start=1))


def _foot(explanation: Explanation) -> Html:
    lines = (
        Line(label="回执编号", text=explanation.receipt),
        Line(label="出具时间", text=explanation.issued_at),
        Line(label="账本位置", text=f"链 {explanation.chain} 第 {explanation.number} 号"),
        Line(label="摘要", text=explanation.hash),
        Line(label="规则集", text=explanation.rule_set),
    )
    command = "creditgate receipt verify 文件 --key 公钥"
    notes = [note for note in explanation.notes if not note.startswith("警告")]
    return tag(
        "footer",
        tag("h3", "怎样核验这份回执没有被改动"),
        pairs(lines),
        tag("p", _HOW, tag("code", command), ", 不必连接本系统。"),
        sentences(notes) if notes else html(),
        class_="quiet",
    )
