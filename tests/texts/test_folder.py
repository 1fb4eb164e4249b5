"""The folder of texts: what a file may say, how an article is divided, which citations can be read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from creditgate_server.rulebook.source import Faults
from creditgate_server.studies.texts.articles import Article, ArticleReference, reference
from creditgate_server.studies.texts.reading import InstrumentText, read_folder, read_text

HEAD = "# 某法\n\n- 文件代号: some-law\n"


def read(text: str, name: str = "some-law.md") -> tuple[InstrumentText | None, list[str]]:
    faults = Faults()
    return read_text(text, name, faults), [str(fault) for fault in faults.sorted()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("某法\n", "some-law.md:1:1: 第一行不是名称"),
        ("", "some-law.md:1:1: 第一行不是名称"),
        ("# 某法\n- 文件代号: other-law\n", "some-law.md:2:1: 文件代号 other-law 和文件名 some-law 不一致"),
        (HEAD + "- 完整: 大概\n", "some-law.md:4:1: 完整: 应写“是”或“否(节录)”"),
        (HEAD + "- 施行: 2026年8月15日\n", "some-law.md:4:1: 施行: “2026年8月15日”不是日期"),
        (HEAD + "- 失效: 2026-02-30\n", "some-law.md:4:1: 失效: “2026-02-30”不是日期"),
        (HEAD + "- 完整: 是\n- 完整: 否\n", "some-law.md:5:3: 完整写了两次"),
        (HEAD + "## 第一条\n\n甲\n\n## 第一条\n\n乙\n", "some-law.md:8:1: 第一条写了两次, 第 4 行已经写过"),
        (HEAD + "## 第一条\n\n## 第二条\n\n乙\n", "some-law.md:4:1: 第一条下面没有内容"),
    ],
)
def test_a_file_that_can_not_be_used_is_told_at_its_place(text: str, expected: str):
    _, faults = read(text)
    assert len(faults) == 1, faults
    assert faults[0].startswith(expected)


@pytest.mark.parametrize(
    ("line", "start", "until"),
    [
        ("- 施行: 2026-08-15", date(2026, 8, 15), None),
        ("- 失效: 2026-08-15", None, date(2026, 8, 14)),
        ("- 说明: 2026-03-12 公布, 2026-08-15 施行(第一千条)。", date(2026, 8, 15), None),
        ("- 说明: 第四十一条: 自2025年10月15日起施行。", date(2025, 10, 15), None),
        ("- 说明: 由某法典第一条自 2026-08-15 废止。 / 版本: 2002年1月1日 施行", None, date(2026, 8, 14)),
        ("- 说明: 2025-12-27 修订, 2026-05-01 起施行新法(见 other.md)。", None, date(2026, 4, 30)),
        ("- 说明: 2026-01-30 修订(2026-03-20 施行)只改第三十条。", None, None),
        ("- 说明: 修正自2015年7月22日起施行。", None, None),
        ("- 说明: 版本: 2020年1月1日 施行", None, None),
        ("- 说明: 同时废止第251号令。", None, None),
    ],
)
def test_the_days_of_an_instrument(line: str, start: date | None, until: date | None):
    text, faults = read(f"{HEAD}{line}\n\n## 第一条\n\n甲\n")
    assert faults == []
    assert text is not None
    assert (text.start, text.until) == (start, until)


def test_a_text_is_an_excerpt_unless_it_says_that_it_is_whole():
    assert read(HEAD)[0] is not None
    for line, whole in (("", False), ("- 完整: 否(节录)\n", False), ("- 完整: 是\n", True)):
        text, faults = read(HEAD + line + "## 第一条\n\n甲\n")
        assert faults == []
        assert text is not None and text.whole is whole


def test_files_are_read_by_name_and_a_readme_is_none(tmp_path: Path):
    (tmp_path / "README.md").write_text("说明", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("# 某法", encoding="utf-8")
    (tmp_path / "some-law.md").write_text(HEAD + "## 第一条\n\n甲\n", encoding="utf-8")
    (tmp_path / "latin.md").write_bytes("# 某法".encode("gb18030"))
    faults = Faults()
    assert list(read_folder(tmp_path, faults)) == ["some-law"]
    assert [str(fault) for fault in faults.sorted()] == [
        f"{tmp_path}/latin.md:1:1: 文件不是 UTF-8 编码 → 请在编辑器中另存为 UTF-8"
    ]


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        ("第一条 甲。", (0,)),
        ("第一条 甲。\n\n乙。", (0, 0)),
        ("第一条　有下列情形的：\n\n（一）甲；\n\n（二）乙。\n\n丙。", (2, 0)),
        ("第一条 甲。\n\n有下列情形的，处罚款：\n\n(一)甲；\n(二)乙；\n(三)丙。", (0, 3)),
        ("第一条 有下列情形的：（一）甲；（二）乙。", (2,)),
        ("第一条 依照本法（一九九九年）办理。", (0,)),
        ("第一条(第一款节录)　甲。", (0,)),
    ],
)
def test_an_article_is_divided_into_paragraphs_and_items(text: str, paragraphs: tuple[int, ...]):
    assert Article("第一条", text, 1).paragraphs == paragraphs


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("第一条 期限为二年，可以延长一至三年。", {24, 12, 36, 60}),
        ("第一条 期限为二年。情节严重的，三年。", {24, 36}),
    ],
)
def test_what_a_term_can_be_made_longer_by_is_counted_with_it(text: str, months: set[int]):
    assert {int(one.value) for one in Article("第一条", text, 1).quantities} >= months
    assert (60 in months) == (60 in {int(one.value) for one in Article("第一条", text, 1).quantities})


@pytest.mark.parametrize(
    ("article", "expected"),
    [
        ("第六十条", ArticleReference("第六十条")),
        ("第60条第2款", ArticleReference("第六十条", 2)),
        ("第一百零一条第一款第一项", ArticleReference("第一百零一条", 1, 1)),
        ("第三十三条第五项", ArticleReference("第三十三条", 0, 5)),
        ("第十条之一第二款", ArticleReference("第十条之一", 2)),
        ("第三十三条第一款后段", ArticleReference("第三十三条", 1)),
        ("三（七）", ArticleReference("三（七）")),
        ("三(七)", ArticleReference("三（七）")),
        ("（十七）", ArticleReference("（十七）")),
        ("", ArticleReference("")),
        ("第六十条、第六十一条", None),
        ("第六十", None),
        ("第条", None),
    ],
)
def test_citations_are_read(article: str, expected: ArticleReference | None):
    assert reference(article) == expected


def test_a_part_of_a_document_is_found_in_the_section_that_holds_it():
    text, _ = read(HEAD + "## 三\n\n（六）甲。\n\n（七）乙。\n")
    assert text is not None
    assert text.find(ArticleReference("三（七）")) is not None
    assert text.find(ArticleReference("三（八）")) is None
