"""Trends as pictures: inline SVG with title and description, told apart by pattern and mark as well as by colour."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..difference.page_parts import text
from .classes import LICENCE_CLASSES, Class
from .names import CLASSES, percent
from .report import Figures, MonthFigures
from .tally import PPM

FILLS: dict[Class, str] = {
    Class.IN_TIME: "#2f7d4f",
    Class.MEASURE_MISSING: "url(#p-missing)",
    Class.LATE: "url(#p-late)",
    Class.PROHIBITED: "#a3180f",
    Class.NOT_CHECKED: "url(#p-not_checked)",
}
_STACK = (Class.IN_TIME, Class.MEASURE_MISSING, Class.LATE, Class.PROHIBITED, Class.NOT_CHECKED)
_PATTERNS = (
    '<pattern id="p-missing" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" '
    'fill="#f3c55b"/><path d="M0 6L6 0" stroke="#8a5a00" stroke-width="1.5"/></pattern>'
    '<pattern id="p-late" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" '
    'fill="#b9b0e0"/><circle cx="3" cy="3" r="1.4" fill="#4b3d8f"/></pattern>'
    '<pattern id="p-not_checked" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" '
    'fill="#555"/><path d="M0 0L6 6" stroke="#fff" stroke-width="1"/></pattern>'
)
_LEFT, _TOP, _HEIGHT, _WIDTH, _FOOT = 64, 34, 220, 760, 40


def columns(months: Sequence[MonthFigures]) -> str:
    """Licences of each month, stacked by class."""
    most = _round_up(max((month.figures.licences for month in months), default=0))
    step = _WIDTH / max(len(months), 1)
    wide = min(step * 0.7, 60)
    parts = [f"<defs>{_PATTERNS}</defs>", *_legend(), *_grid(most)]
    for place, month in enumerate(months):
        left, below = _LEFT + step * place + (step - wide) / 2, float(_TOP + _HEIGHT)
        for one in _STACK:
            count = month.figures.of(one)
            if count:
                tall = _HEIGHT * count / most
                below -= tall
                parts.append(
                    f'<rect x="{left:.1f}" y="{below:.1f}" width="{wide:.1f}" height="{tall:.1f}" fill="{FILLS[one]}">'
                    f"<title>{text(f'{month.month} {CLASSES[one]} {count}')}</title></rect>"
                )
    parts += _months(months, step)
    return _picture("columns", "各月许可按核查情况", _told(months), parts)


def lines(months: Sequence[MonthFigures]) -> str:
    """Both rates of each month. A month without licences has none: the line is broken there."""
    step = _WIDTH / max(len(months), 1)
    parts = list(_rate_grid())
    for name, dash, colour, square in (("按时核查率", "", "#1f4e8c", False), ("完全落实率", "7 4", "#2f7d4f", True)):
        points = [
            None if not month.figures.licences else (_LEFT + step * (place + 0.5), _high(_rate(month.figures, name)))
            for place, month in enumerate(months)
        ]
        parts += [_line(run, colour, dash) for run in _runs(points)]
        for month, point in zip(months, points, strict=True):
            if point is not None:
                parts.append(
                    _mark(point, colour, f"{month.month} {name} {percent(_rate(month.figures, name))}", square)
                )
        start = _LEFT if name == "按时核查率" else _LEFT + 180
        parts.append(_line([(start, 14.0), (start + 40, 14.0)], colour, dash))
        parts.append(_mark((start + 20, 14.0), colour, name, square))
        parts.append(f'<text x="{start + 48}" y="18">{text(name)}</text>')
    parts += _months(months, step)
    all_told = "; ".join(
        f"{one.month} 按时核查率 {percent(one.figures.checked_ppm)}, 完全落实率 {percent(one.figures.covered_ppm)}"
        for one in months
        if one.figures.licences
    )
    return _picture("lines", "各月按时核查率和完全落实率", all_told, parts)


def spark(figures: Iterable[tuple[str, Figures]], title: str) -> str:
    """The covered rate by month, small, for a row of a table."""
    months = list(figures)
    step = 110 / max(len(months), 1)
    points = [
        None if not one.licences else (5 + step * (place + 0.5), 3 + 18 * (1 - one.covered_ppm / PPM))
        for place, (_, one) in enumerate(months)
    ]
    told = ", ".join(f"{month} {percent(one.covered_ppm)}" for month, one in months if one.licences)
    inner = [_line(run, "#2f7d4f", "", 1.5) for run in _runs(points)]
    inner += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.8" fill="#2f7d4f"/>' for x, y in filter(None, points)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="spark" width="120" height="24" role="img">'
        f"<title>{text(f'{title} 各月完全落实率: {told}')}</title>"
        f'<path d="M5 21.5H115" stroke="#bbc"/>{"".join(inner)}</svg>'
    )


# -- pieces -----------------------------------------------------------------------------------------------------------

_Point = tuple[float, float]


def _rate(figures: Figures, name: str) -> int:
    return figures.checked_ppm if name == "按时核查率" else figures.covered_ppm


def _high(ppm: int) -> float:
    return _TOP + _HEIGHT * (1 - ppm / PPM)


def _runs(points: Iterable[_Point | None]) -> list[list[_Point]]:
    """Runs of points without a gap."""
    runs: list[list[_Point]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run for run in runs if run]


def _line(points: Sequence[_Point], colour: str, dash: str, width: float = 2) -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    along = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{along}" fill="none" stroke="{colour}" stroke-width="{width}"{dashed}/>'


def _mark(point: _Point, colour: str, told: str, square: bool) -> str:
    x, y = point
    title = f"<title>{text(told)}</title>"
    if square:
        return f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" fill="{colour}">{title}</rect>'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#fff" stroke="{colour}" stroke-width="2">{title}</circle>'


def _legend() -> Iterable[str]:
    left = _LEFT
    for one in _STACK:
        yield f'<rect x="{left}" y="6" width="14" height="14" fill="{FILLS[one]}"/>'
        yield f'<text x="{left + 20}" y="18">{text(CLASSES[one])}</text>'
        left += 40 + 14 * len(CLASSES[one])


def _round_up(count: int) -> int:
    """The next number that four steps divide into round ones, at least 4."""
    scale = 4
    while True:
        for factor in (1, 2, 3, 5, 8):
            if count <= scale * factor:
                return scale * factor
        scale *= 10


def _grid(most: int) -> Iterable[str]:
    for part in range(5):
        y = _TOP + _HEIGHT * (4 - part) / 4
        yield f'<path d="M{_LEFT} {y:.1f}h{_WIDTH}" stroke="#dde"/>'
        yield f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{most * part // 4:,}</text>'


def _rate_grid() -> Iterable[str]:
    for part in range(5):
        y = _TOP + _HEIGHT * (4 - part) / 4
        yield f'<path d="M{_LEFT} {y:.1f}h{_WIDTH}" stroke="#dde"/>'
        yield f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{25 * part}%</text>'


def _months(months: Sequence[MonthFigures], step: float) -> Iterable[str]:
    every = max(1, round(64 / step + 0.49))
    for place, month in enumerate(months):
        if place % every == 0:
            x = _LEFT + step * (place + 0.5)
            yield f'<text x="{x:.1f}" y="{_TOP + _HEIGHT + 20}" text-anchor="middle">{text(month.month)}</text>'


def _told(months: Sequence[MonthFigures]) -> str:
    return "; ".join(
        f"{month.month}: "
        + ", ".join(f"{CLASSES[one]} {month.figures.of(one)}" for one in LICENCE_CLASSES if month.figures.of(one))
        for month in months
        if month.figures.licences
    )


def _picture(name: str, title: str, told: str, parts: Iterable[str]) -> str:
    wide, tall = _LEFT + _WIDTH + 10, _TOP + _HEIGHT + _FOOT
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {tall}" width="{wide}" height="{tall}" '
        f'class="trend" role="img" aria-labelledby="{name}-title {name}-told">'
        f'<title id="{name}-title">{text(title)}</title><desc id="{name}-told">{text(told)}</desc>'
        + "".join(parts)
        + "</svg>"
    )
