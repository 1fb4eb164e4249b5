"""What the source of a file says was in it, and whether that came: numbers of rows, totals by feed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import SetupFault
from ..files.reading import open_rows
from ..rulebook.catalogue import Catalogue
from ..rulebook.words import grouped_yuan
from .cells import RowFault, fen_of, number_of
from .headers import Unit, apart_from_unit, one_spelling
from .reports import ImportReport

_FILE = ("文件名", "文件")
_FEED = ("数据源", "来源", "feed")
_ROWS = ("接收条数", "条数", "行数", "记录数", "数据量")
_AMOUNT = ("金额合计", "金额", "罚没金额合计")


@dataclass(frozen=True, slots=True)
class ControlTotals:
    """What was announced of one feed."""

    rows: int | None = None
    fen: int | None = None


@dataclass(frozen=True, slots=True)
class Control:
    """What was announced of a file. Empty: nothing was."""

    rows: int | None = None
    """Rows with content, without headers."""
    feeds: Mapping[str, ControlTotals] | None = None

    def differences(self, report: ImportReport, catalogue: Catalogue) -> list[str]:
        """In what a file differs from what was announced, in Chinese."""
        found = []
        if self.rows is not None and report.rows != self.rows:
            found.append(f"应有 {self.rows} 行, 收到 {report.rows} 行")
        for code, totals in (self.feeds or {}).items():
            title = catalogue.feeds[code].title
            came = report.counted[code]
            if totals.rows is not None and came != totals.rows:
                found.append(f"{title}: 应有 {totals.rows} 条, 收下 {came} 条")
            fen = report.amounts[code]
            if totals.fen is not None and fen != totals.fen:
                found.append(f"{title}: 金额合计应为 {grouped_yuan(totals.fen)}, 收下的是 {grouped_yuan(fen)}")
        unannounced = sorted(set(report.counted) - set(self.feeds)) if self.feeds is not None else []
        found += [f"{catalogue.feeds[code].title}: 控制文件没有这个数据源" for code in unannounced]
        return found


def read_control(path: Path, file_name: str, catalogue: Catalogue) -> dict[str, ControlTotals]:
    """Totals by feed, as a control file has them of one file. Raises SetupFault.

    Its columns: 数据源 and 接收条数, and where it has them 文件名 and 金额合计(元 or 万元).
    """

    def is_header(cells: Sequence[str]) -> bool:
        bases = {apart_from_unit(one_spelling(cell))[0] for cell in cells}
        return bool(bases & set(_FEED)) and bool(bases & set(_ROWS))

    codes = {name: feed.code for feed in catalogue.feeds.values() for name in (feed.code, feed.title)}
    found: dict[str, ControlTotals] = {}
    with open_rows(path, is_header=is_header) as rows:
        headers = next(rows, (1, []))[1]
        if not is_header(headers):
            raise SetupFault(
                f"{path.name} 须有列 {_FEED[0]} 和 {_ROWS[0]}", "可以另有 文件名、金额合计(元)", "--control"
            )
        spelt = [apart_from_unit(one_spelling(header)) for header in headers]

        def place(names: Sequence[str]) -> int:
            return next((at for at, (base, _) in enumerate(spelt) if base in names), -1)

        file, feed, count, amount = place(_FILE), place(_FEED), place(_ROWS), place(_AMOUNT)
        for number, cells in rows:
            cells = [*cells, *[""] * (len(headers) - len(cells)), ""]
            if not any(cells) or (file >= 0 and cells[file] != file_name):
                continue
            code = codes.get(cells[feed])
            if code is None or code in found:
                told = "写了两次" if code else "目录中没有"
                raise SetupFault(f"{path.name} 第 {number} 行: 数据源 {cells[feed]} {told}", "", "--control")
            if not cells[count] and not cells[amount]:
                told = f"{_ROWS[0]}和金额合计都为空" if amount >= 0 else f"{_ROWS[0]}为空"
                raise SetupFault(f"{path.name} 第 {number} 行: {told}", "", "--control")
            try:
                unit = spelt[amount][1] or Unit.YUAN
                found[code] = ControlTotals(
                    _rows(headers[count], cells[count]) if cells[count] else None,
                    fen_of(headers[amount], cells[amount], unit, certain=True) if cells[amount] else None,
                )
            except RowFault as fault:
                raise SetupFault(f"{path.name} 第 {number} 行: {fault}", "", "--control") from fault
    if not found:
        raise SetupFault(f"{path.name} 里没有 {file_name} 的数据", "检查文件名一列", "--control")
    return found


def _rows(header: str, text: str) -> int:
    """A number of rows. Raises RowFault."""
    rows = number_of(header, text, 1)
    if rows < 0:
        raise RowFault(header, "不能小于 0")
    return rows
