"""The files with one fault each, by name. `python -m tests.registry.made.files` writes them anew.

All hold penalties 样罚〔2026〕1号, 2号, 3号 … of made-up firms; without its fault a file reads as three plain rows.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tools.make_sample import uscc

from .xls import XlsDay, XlsError, XlsFormula, XlsSheet, XlsShown, XlsSmall, container, record, xls
from .xlsx import MAIN, Raw, Sheet, formula, number, packed, sheet_xml, styled, xlsx

FOLDER = Path(__file__).resolve().parents[1] / "files"
HEADERS = (
    "行政相对人名称",
    "统一社会信用代码",
    "行政处罚决定书文号",
    "处罚类别",
    "罚款金额(万元)",
    "处罚决定日期",
    "公示截止期",
    "处罚机关",
    "失信严重程度",
    "状态",
    "备注",
)
_MADE: dict[str, Callable[[], bytes]] = {}


def row(place: int, **changed: Any) -> list[Any]:
    """Penalty number `place`: 12 of 万元, decided on 1 November 2026. `changed`: by the first letters of a header."""
    usual: list[Any] = [
        f"样例{place}",
        uscc(place),
        f"样罚〔2026〕{place}号",
        "罚款",
        12,
        "2026-11-01",
        "2028-11-01",
        "东莞市市场监督管理局",
        "严重",
        "有效",
    ]
    for name, value in changed.items():
        at = next(at for at, header in enumerate(HEADERS) if header.startswith(name))
        usual += [""] * (at + 1 - len(usual))
        usual[at] = value
    return usual


def table(*rows: list[Any]) -> list[list[Any]]:
    """The headers and rows; three plain rows where none are given."""
    return [list(HEADERS), *(rows or (row(1), row(2), row(3)))]


def made(ending: str) -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
    """Adds a file, named as its function."""

    def add(function: Callable[[], bytes]) -> Callable[[], bytes]:
        _MADE[f"{function.__name__}.{ending}"] = function
        return function

    return add


def files() -> dict[str, bytes]:
    """Every file's content by its name."""
    return {name: function() for name, function in _MADE.items()}


# -- XLSX: what is passed over ----------------------------------------------------------------------------------------


@made("xlsx")
def sound() -> bytes:
    return xlsx(Sheet(table()))


@made("xlsx")
def declared_dimension() -> bytes:
    return xlsx(Sheet(table(), before='<dimension ref="A1:D2"/>'))


@made("xlsx")
def second_sheet() -> bytes:
    return xlsx(Sheet(table(row(1)), "10月"), Sheet(table(row(2), row(3)), "11月"))


@made("xlsx")
def second_sheet_other_headers() -> bytes:
    return xlsx(Sheet(table(), "处罚"), Sheet([["部门", "件数"], ["市场监管", 3]], "统计"))


@made("xlsx")
def empty_sheet() -> bytes:
    return xlsx(Sheet(table(), "处罚"), Sheet([], "Sheet2"))


@made("xlsx")
def hidden_sheet_same_headers() -> bytes:
    return xlsx(Sheet(table(row(1)), "10月"), Sheet(table(row(2), row(3)), "旧", "hidden"))


@made("xlsx")
def hidden_sheet_other_order() -> bytes:
    turned = [list(reversed(one)) for one in table(row(2))]
    return xlsx(Sheet(table(row(1)), "10月"), Sheet(turned, "旧", "hidden"))


@made("xlsx")
def hidden_sheet_of_choices() -> bytes:
    return xlsx(Sheet(table(), "处罚"), Sheet([["警告"], ["罚款"]], "字典", "veryHidden"))


@made("xlsx")
def hidden_sheet_without_headers() -> bytes:
    return xlsx(Sheet(table(row(1)), "10月"), Sheet([row(2)], "旧", "hidden"))


@made("xlsx")
def hidden_rows() -> bytes:
    return xlsx(Sheet(table(), row_attributes={3: ' hidden="1"'}))


@made("xlsx")
def hidden_column() -> bytes:
    return xlsx(Sheet(table(), before='<cols><col min="5" max="6" width="0" hidden="1"/></cols>'))


@made("xlsx")
def titles_above() -> bytes:
    rows = [["东莞市行政处罚信息表"], [None, "填报单位: 样例局"], *table()]
    return xlsx(Sheet(rows, after='<mergeCells count="1"><mergeCell ref="A1:J1"/></mergeCells>'))


@made("xlsx")
def blank_row_between() -> bytes:
    return xlsx(Sheet([list(HEADERS), row(1), [], row(2), row(3)]))


@made("xlsx")
def rows_without_places() -> bytes:
    plain = Raw('<c t="inlineStr"><is><t>%T</t></is></c>')
    cells = [[Raw(plain.xml.replace("%T", str(value))) for value in cells] for cells in table()]
    part = (
        sheet_xml(Sheet(cells)).replace(' r="1"', "").replace(' r="2"', "").replace(' r="3"', "").replace(' r="4"', "")
    )
    return xlsx(Sheet([]), parts={"xl/worksheets/sheet1.xml": part})


@made("xlsx")
def prefixed_names() -> bytes:
    return xlsx(Sheet(table(), prefix="x:"))


# -- XLSX: merged cells -----------------------------------------------------------------------------------------------


@made("xlsx")
def merged_down() -> bytes:
    rows = table(row(1), row(2, 处罚机关=""), row(3))
    return xlsx(Sheet(rows, after='<mergeCells count="1"><mergeCell ref="H2:H3"/></mergeCells>'))


@made("xlsx")
def merged_across() -> bytes:
    rows = table(row(1), row(2, 处罚决定日期="2026-11-01", 公示截止期=""), row(3))
    return xlsx(Sheet(rows, after='<mergeCells count="1"><mergeCell ref="F3:G3"/></mergeCells>'))


@made("xlsx")
def merged_over_content() -> bytes:
    rows = table(row(1), row(2, 处罚机关="东莞市生态环境局"), row(3))
    return xlsx(Sheet(rows, after='<mergeCells count="1"><mergeCell ref="H2:H3"/></mergeCells>'))


@made("xlsx")
def merged_headers() -> bytes:
    return xlsx(Sheet(table(), after='<mergeCells count="1"><mergeCell ref="E1:F1"/></mergeCells>'))


# -- XLSX: cells ------------------------------------------------------------------------------------------------------


@made("xlsx")
def formula_without_value() -> bytes:
    return xlsx(Sheet(table(row(1), row(2, 罚款=formula("200+50")), row(3, 状态=formula('"已"&"撤销"')))))


@made("xlsx")
def formula_with_empty_value() -> bytes:
    return xlsx(Sheet(table(row(1), row(2, 罚款=formula("200+50", "")), row(3))))


@made("xlsx")
def formula_with_value() -> bytes:
    cells = row(2, 罚款=formula("200+50", "250"), 状态=formula('"已撤销"', "已撤销", "str"))
    return xlsx(Sheet(table(row(1), cells, row(3))))


@made("xlsx")
def formula_not_worked_out() -> bytes:
    """Writers that do not calculate store 0 and ask for it to be worked out when the file is opened."""
    rows = table(row(1), row(2, 罚款=formula("200+50", "0")), row(3))
    return xlsx(Sheet(rows), calculated='<calcPr calcId="124519" fullCalcOnLoad="1"/>')


@made("xlsx")
def error_values() -> bytes:
    return xlsx(Sheet(table(row(1), row(2, 罚款=Raw('<c r="%s" t="e"><v>#N/A</v></c>')), row(3, 公示="#REF!"))))


@made("xlsx")
def code_as_number() -> bytes:
    return xlsx(Sheet(table(row(1), row(2, 行政处罚决定书文号=number("9.1441900708017805E+17")), row(3))))


@made("xlsx")
def decimals_with_noise() -> bytes:
    return xlsx(
        Sheet(table(row(1, 罚款=number("0.30000000000000004")), row(2, 罚款=number("1.1000000000000001")), row(3)))
    )


@made("xlsx")
def scientific_number() -> bytes:
    return xlsx(Sheet(table(row(1, 罚款=number("2.5E2")), row(2, 罚款=number("1.2E-5")), row(3))))


@made("xlsx")
def scientific_text() -> bytes:
    return xlsx(Sheet(table(row(1), row(2, 罚款="1.23E+05"), row(3))))


@made("xlsx")
def number_that_is_none() -> bytes:
    return xlsx(Sheet(table(row(1), row(2, 罚款=number("1_000")), row(3, 罚款=number("1e999")))))


@made("xlsx")
def truth_values() -> bytes:
    return xlsx(Sheet(table(row(1, 备注=Raw('<c r="%s" t="b"><v>1</v></c>')), row(2), row(3))))


@made("xlsx")
def unknown_type() -> bytes:
    return xlsx(Sheet(table(row(1), row(2, 罚款=Raw('<c r="%s" t="x"><v>12</v></c>')), row(3))))


@made("xlsx")
def rich_text_and_readings() -> bytes:
    runs = "<r><t>样罚〔2026〕</t></r><r><rPr><b/></rPr><t>1号</t></r>"
    rich = f'<si>{runs}<rPh sb="0" eb="2"><t>yangfa</t></rPh></si>'
    cells = row(1, 行政处罚决定书文号=Raw('<c r="%s" t="s"><v>0</v></c>'))
    escaped = row(2, 备注=Raw('<c r="%s" t="inlineStr"><is><r><t>甲_x000D_</t></r><r><t>乙</t></r></is></c>'))
    return xlsx(Sheet(table(cells, escaped, row(3))), strings=[rich])


@made("xlsx")
def text_that_is_not_there() -> bytes:
    return xlsx(Sheet(table(row(1), row(2, 状态=Raw('<c r="%s" t="s"><v>7</v></c>')), row(3))))


@made("xlsx")
def content_far_right() -> bytes:
    return xlsx(Sheet(table(row(1), [*row(2), *[None] * 290, "已撤销"], row(3))))


@made("xlsx")
def cell_beyond_headers() -> bytes:
    return xlsx(Sheet(table(row(1), [*row(2), "", "", "已撤销"], row(3))))


@made("xlsx")
def cells_out_of_order() -> bytes:
    twice = Raw('<c r="%s"><v>12</v></c><c r="E3"><v>99</v></c>')
    return xlsx(Sheet(table(row(1), row(2, 罚款=twice), row(3))))


@made("xlsx")
def long_cell() -> bytes:
    return xlsx(Sheet(table(row(1), row(2, 备注="罚" * 100_000), row(3))))


# -- XLSX: number formats ---------------------------------------------------------------------------------------------

_DAY = "46327"
"""1 November 2026 in the 1900 system."""


@made("xlsx")
def days() -> bytes:
    rows = table(
        row(1, 处罚决定日期=styled(_DAY, 0)),
        row(2, 处罚决定日期=styled(_DAY, 1)),
        row(3, 处罚决定日期=styled(f"{_DAY}.75", 2)),
        row(4, 处罚决定日期=styled(_DAY, 3)),
        row(5, 处罚决定日期=Raw('<c r="%s" t="d"><v>2026-11-01T00:00:00</v></c>')),
    )
    codes = {164: 'yyyy"年"m"月"d"日"', 165: "[$-804]yyyy\\-mm\\-dd\\ hh:mm;@", 166: '[DBNum1][$-804]e"年"m"月"d"日"'}
    return xlsx(Sheet(rows), formats=codes, styles=(31, 164, 165, 166))


@made("xlsx")
def days_of_1904() -> bytes:
    rows = table(row(1, 处罚决定日期=styled("44865", 0)), row(2), row(3))
    return xlsx(Sheet(rows), styles=(14,), properties='date1904="1"')


@made("xlsx")
def day_that_never_was() -> bytes:
    return xlsx(Sheet(table(row(1), row(2, 公示=styled("60", 0)), row(3, 公示=styled("99999999", 0)))), styles=(14,))


@made("xlsx")
def percent() -> bytes:
    return xlsx(Sheet(table(row(1, 备注=styled("0.125", 0)), row(2), row(3))), styles=(10,))


@made("xlsx")
def scaled_number() -> bytes:
    return xlsx(Sheet(table(row(1), row(2, 罚款=styled("120000", 0)), row(3))), formats={164: "0.00,,"}, styles=(164,))


@made("xlsx")
def unit_in_the_format() -> bytes:
    return xlsx(
        Sheet(table(row(1, 备注=styled("120000", 0)), row(2), row(3))), formats={164: '#,##0"元"'}, styles=(164,)
    )


@made("xlsx")
def padded_number() -> bytes:
    return xlsx(Sheet(table(row(1, 备注=styled("123", 0)), row(2), row(3))), formats={164: "000000"}, styles=(164,))


# -- XLSX: damaged, encrypted, hostile --------------------------------------------------------------------------------


@made("xlsx")
def cut_off() -> bytes:
    return sound()[:-400]


@made("xlsx")
def check_sum_wrong() -> bytes:
    content = bytearray(sound())
    at = content.index(b"xl/worksheets/sheet1.xml") + 60
    content[at] ^= 0xFF
    return bytes(content)


@made("xlsx")
def sheet_cut_off() -> bytes:
    part = sheet_xml(Sheet(table()))
    return xlsx(Sheet([]), parts={"xl/worksheets/sheet1.xml": part[: len(part) * 2 // 3]})


@made("xlsx")
def sheet_missing() -> bytes:
    return xlsx(Sheet(table()), parts={"xl/worksheets/sheet1.xml": None})


@made("xlsx")
def part_twice() -> bytes:
    return packed({"xl/workbook.xml": "<a/>", "XL/workbook.xml": "<a/>"})


@made("xlsx")
def entity_in_sheet() -> bytes:
    part = sheet_xml(Sheet(table())).replace(
        "<worksheet", '<!DOCTYPE worksheet [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><worksheet', 1
    )
    return xlsx(Sheet([]), parts={"xl/worksheets/sheet1.xml": part})


@made("xlsx")
def entity_in_workbook() -> bytes:
    return xlsx(Sheet(table()), parts={"xl/workbook.xml": f'<!DOCTYPE a [<!ENTITY b "c">]><workbook xmlns="{MAIN}"/>'})


@made("xlsx")
def endless_mark() -> bytes:
    part = sheet_xml(Sheet(table())).replace("<sheetData>", f"<!--{'<' * 6_000_000}--><sheetData>")
    return xlsx(Sheet([]), parts={"xl/worksheets/sheet1.xml": part})


@made("xlsx")
def encrypted() -> bytes:
    return container(b"\x01" * 5_000, "EncryptedPackage")


@made("xlsx")
def web_page() -> bytes:
    return "<html><table><tr><td>行政相对人名称</td></tr></table></html>".encode()


# -- XLS --------------------------------------------------------------------------------------------------------------


@made("xls")
def old_sound() -> bytes:
    return xls(XlsSheet(table(row(1, 处罚决定日期=XlsDay(46327)), row(2), row(3))))


@made("xls")
def old_second_sheet() -> bytes:
    return xls(XlsSheet(table(row(1)), "10月"), XlsSheet(table(row(2), row(3)), "11月"))


@made("xls")
def old_days_of_1904() -> bytes:
    return xls(XlsSheet(table(row(1, 处罚决定日期=XlsDay(44865)), row(2), row(3))), from_1904=True)


@made("xls")
def old_formulas() -> bytes:
    cells = (row(1, 罚款=XlsFormula(250.0)), row(2, 罚款=XlsFormula(None)), row(3, 罚款=XlsFormula(0.0, 3)))
    return xls(XlsSheet(table(*cells)))


@made("xls")
def old_error_value() -> bytes:
    return xls(XlsSheet(table(row(1), row(2, 公示=XlsError()), row(3))))


@made("xls")
def old_merged_and_hidden() -> bytes:
    return xls(XlsSheet(table(row(1), row(2, 处罚机关=""), row(3)), hidden_rows=[4], merges=[(1, 2, 7, 7)]))


@made("xls")
def old_code_as_number() -> bytes:
    return xls(XlsSheet(table(row(1), row(2, 行政处罚决定书文号=914419007080178050.0), row(3))))


@made("xls")
def old_short_numbers() -> bytes:
    cells = (
        row(1, 罚款=XlsSmall(300)),
        row(2, 罚款=XlsSmall(1_250, hundredths=True)),
        row(3, 罚款=XlsSmall(1_200, hundredths=True)),
    )
    return xls(XlsSheet(table(*cells)))


@made("xls")
def old_unit_in_the_format() -> bytes:
    """The last one in a record of several numbers, in the first format of the workbook's own."""
    cells = (row(1, 罚款=XlsShown(300.0, '0"万元"')), row(2, 备注=XlsShown(120_000.0, '#,##0"元"')), row(3, 罚款=""))
    several = record(0x00BD, struct.pack("<HHHiH", 3, 4, 2, 250 << 2 | 2, 4))
    return xls(XlsSheet(table(*cells), more=several))


@made("xls")
def old_scaled_number() -> bytes:
    cells = (row(1), row(2, 罚款=XlsShown(3_000_000.0, '0!.0,"万"')), row(3, 罚款=XlsShown(3_000_000.0, "0,,")))
    return xls(XlsSheet(table(*cells)))


@made("xls")
def old_padded_number() -> bytes:
    return xls(XlsSheet(table(row(1, 备注=XlsShown(123.0, "000000")), row(2), row(3))))


@made("xls")
def old_percent() -> bytes:
    return xls(XlsSheet(table(row(1, 备注=XlsShown(0.125, "0.0%")), row(2), row(3))))


@made("xls")
def old_encrypted() -> bytes:
    return xls(XlsSheet(table()), more=record(0x002F, b"\x01\x00" + b"\x07" * 52))


@made("xls")
def old_cut_off() -> bytes:
    return old_sound()[:2_500]


@made("xls")
def new_in_old_name() -> bytes:
    return sound()


# -- CSV --------------------------------------------------------------------------------------------------------------


def text(*rows: list[Any], ends: str = "\r\n") -> str:
    """Lines of a table without quotes."""
    lines = [[*map(str, cells), *[""] * (len(HEADERS) - len(cells))] for cells in table(*rows)]
    return "".join(",".join(cells) + ends for cells in lines)


@made("csv")
def utf_8_with_mark() -> bytes:
    return text().encode("utf-8-sig")


@made("csv")
def gb_18030() -> bytes:
    return text().encode("gb18030")


@made("csv")
def gb_18030_with_mark() -> bytes:
    return ("\ufeff" + text()).encode("gb18030")


@made("csv")
def utf_16() -> bytes:
    return text().encode("utf-16")


@made("csv")
def utf_16_without_mark() -> bytes:
    return "a,b\r\n1,2\r\n".encode("utf-16-le") + text().encode("utf-16-le")


@made("csv")
def mark_of_utf_8_but_not_utf_8() -> bytes:
    return b"\xef\xbb\xbf" + text(row(1)).encode() + ",".join(map(str, row(2))).encode("gb18030")


@made("csv")
def two_encodings_by_chance() -> bytes:
    """状态 in GB 18030 has bytes that are sound UTF-8, of two other letters."""
    before, after = text().split("状态", 1)
    return before.encode() + "状态".encode("gb18030") + after.encode()


@made("csv")
def two_encodings_in_a_row() -> bytes:
    """An organ in UTF-8 in a file in GB 18030: read as such it is another name, of sound signs."""
    organ = "东莞市市场监督管理局"
    first, second, rest = text().split(organ, 2)
    return (first + organ + second).encode("gb18030") + organ.encode() + rest.encode("gb18030")


@made("csv")
def old_macintosh() -> bytes:
    return text(ends="\r").encode()


@made("csv")
def titles_above_csv() -> bytes:
    return ("东莞市行政处罚信息表,,,\r\n\r\n" + text()).encode()


@made("csv")
def stray_quotes() -> bytes:
    whole = text(row(1), row(2), row(3), row(4), row(5))
    return whole.replace("样例2,", '"样例2,').replace("样例4,", '样例4",').encode()


@made("csv")
def stray_quotes_in_unused_column() -> bytes:
    whole = text(row(1, 备注="一"), row(2, 备注='"二'), row(3, 备注='三"'), row(4, 备注="四"))
    return whole.encode()


@made("csv")
def stray_quotes_in_two_columns() -> bytes:
    whole = text(row(1), row(2, 状态='"有效'), row(3, 行政处罚决定书文号='样罚〔2026〕3号"'), row(4))
    return whole.encode()


@made("csv")
def quote_without_end() -> bytes:
    return text(row(1), row(2, 行政相对人='"样例2'), row(3)).encode()


@made("csv")
def lines_within_a_cell() -> bytes:
    return text(row(1), row(2, 备注='"第一行\n第二行, 逗号"'), row(3)).encode()


@made("csv")
def line_broken_in_two() -> bytes:
    return text(row(1), row(2, 公示="2028-\r\n11-01"), row(3)).encode()


@made("csv")
def comma_without_quotes() -> bytes:
    return text(row(1), row(2, 行政相对人="样例,2"), row(3, 备注="一,二")).encode()


@made("csv")
def comma_lost() -> bytes:
    whole = text(row(1, 备注="一"), row(2, 备注="二"), row(3, 备注="三"))
    return whole.replace("样罚〔2026〕2号,罚款", "样罚〔2026〕2号罚款").encode()


@made("csv")
def last_commas_left_out() -> bytes:
    """As spreadsheet programs write a run of rows that are blank there."""
    return text(row(1, 备注="一"), row(2), row(3)).replace("有效,\r\n", "有效\r\n").encode()


@made("csv")
def cut_in_a_character() -> bytes:
    """Its last cell ends in one byte of a character of three; as GB 18030 it is another text."""
    return (text(row(1), row(2)).rstrip("\r\n") + "东莞").encode()[:-2]


@made("csv")
def zero_byte() -> bytes:
    return text(row(1), row(2, 处罚类别="罚\0款"), row(3)).encode()


@made("csv")
def scientific_code() -> bytes:
    return text(row(1), row(2, 统一="9.14419E+17"), row(3, 罚款="1.23E+05")).encode()


@made("csv")
def narrow_column_and_errors() -> bytes:
    return text(row(1), row(2, 处罚决定日期="########"), row(3, 罚款="#VALUE!")).encode()


@made("csv")
def workbook_in_the_name_of_csv() -> bytes:
    return sound()


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, content in files().items():
        (FOLDER / name).write_bytes(content)
