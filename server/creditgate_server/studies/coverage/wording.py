"""Sentences of the report in Chinese, the same on the terminal and on the page."""

from __future__ import annotations

from ...pages.figures import percent
from .classes import MISSES
from .names import CLASSES
from .report import CoverageReport


def headline(report: CoverageReport) -> str:
    """What it comes to, in one sentence."""
    figures = report.figures
    if not figures.licences:
        return f"文件 {report.rows:,} 行, 没有一行可以比对"
    rates = f"按时核查率 {percent(figures.checked_ppm)}, 完全落实率 {percent(figures.covered_ppm)}"
    missed = "、".join(f"{CLASSES[one]} {figures.of(one):,}" for one in MISSES if figures.of(one))
    unmatched = f"; 另有 {report.unmatched:,} 行无法比对" if report.unmatched else ""
    return f"比对许可 {figures.licences:,} 件: {rates}; {missed or '没有遗漏'}{unmatched}"


def verdict(report: CoverageReport) -> str:
    """Whether "every required check made, every measure applied" holds of the files."""
    if not report.misses:
        return "应查必查、奖惩到位: 文件中的许可全部落实"
    return f"未落实或无法证明的共 {report.misses:,} 件(行)"
