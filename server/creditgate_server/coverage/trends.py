"""Trend pictures: rates over months as inline SVG."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from .counting import Group

_WIDTH, _HEIGHT, _LEFT, _TOP = 860, 200, 60, 30
_LINES = (("check_rate", "核查率", "#1f5f8b"), ("covered_rate", "到位率", "#b5492b"))


def trend(months: Sequence[Group]) -> str:
    """Both rates, a point a month. Months without a licence have no point."""
    told = [group for group in months if group.month and group.numbers.check_rate is not None]
    if not told:
        return '<p class="note">没有可画的月份。</p>'
    step = _WIDTH / max(len(told) - 1, 1)
    parts = [_grid(value) for value in (0, 50, 100)]
    skip = -(-len(told) // 12)
    parts += [
        f'<text x="{_LEFT + place * step:.1f}" y="{_TOP + _HEIGHT + 20}" text-anchor="middle">'
        f"{escape(one.month)}</text>"
        for place, one in enumerate(told)
        if place % skip == 0
    ]
    for number, (name, title, colour) in enumerate(_LINES):
        points = [(_LEFT + place * step, _height(getattr(one.numbers, name)), one) for place, one in enumerate(told)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"><title>{escape(one.month)} {title} '
            f"{percent(getattr(one.numbers, name))}({one.numbers.licences} 件)</title></circle>"
            for x, y, one in points
        ]
        parts.append(f'<text x="{_LEFT + number * 90}" y="18" fill="{colour}">{title}</text>')
    size = f'width="{_LEFT + _WIDTH + 60}" height="{_TOP + _HEIGHT + 40}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">{"".join(parts)}</svg>'


def percent(value: float | None) -> str:
    """A rate in per cent, cut off and not rounded, so that 100% means all of them."""
    return "-" if value is None else f"{round(value * 1_000_000) // 100 / 100:.2f}%"


def _height(rate: float) -> float:
    return _TOP + _HEIGHT * (1 - rate)


def _grid(percent: int) -> str:
    y = _height(percent / 100)
    return (
        f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{_LEFT + _WIDTH}" y2="{y:.1f}" stroke="#ccd"/>'
        f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{percent}%</text>'
    )
