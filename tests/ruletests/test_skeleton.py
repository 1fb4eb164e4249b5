"""`--skeleton`: drafts for what is not covered; with the marks removed they pass and cover it."""

from __future__ import annotations

from pathlib import Path

from .library import run, with_tests

ONE = """\
day: 2026-11-01
tests:
  - name: 欠薪不予许可
    item: food-licence
    subject: {records: [wage-arrears 2026-01-01]}
    expect: {outcome: prohibited}
"""
MARK = "    draft: true\n"


def test_drafts_count_for_nothing_until_the_marks_are_removed_and_then_cover_everything(tmp_path: Path):
    """All but one: the small library has no rule that gives another level than the one tested."""
    library = with_tests(tmp_path, ONE)
    drafts = library / "tests" / "drafts.yaml"
    made = run(library, "--skeleton", str(drafts))
    assert made.exit_code == 0
    text = drafts.read_text(encoding="utf-8")
    number = text.count(MARK)
    assert f"草稿 {number} 个, 已写入 {drafts}; 未能生成 1 个" in made.output
    assert number > 0

    before = run(library, "--threshold-rules", "100")
    assert before.exit_code == 1
    assert f"规则用例 {number + 1} 个: 通过 1, 失败 0, 跳过 0, 草稿 {number}" in before.output

    drafts.write_text(text.replace(MARK, ""), encoding="utf-8")
    after = run(library, "--threshold-rules", "100", "--threshold-conditions", "96")
    assert after.exit_code == 0, after.output
    assert f"通过 {number + 1}, 失败 0, 跳过 0, 草稿 0" in after.output


def test_a_file_that_exists_is_not_overwritten(tmp_path: Path):
    library = with_tests(tmp_path, ONE)
    result = run(library, "--skeleton", str(library / "tests" / "cases.yaml"))
    assert result.exit_code == 2
    assert (library / "tests" / "cases.yaml").read_text(encoding="utf-8") == ONE


def test_what_no_case_reaches_is_named(tmp_path: Path):
    library = with_tests(tmp_path, ONE)
    book = library / "rules-measures.yaml"
    never = book.read_text(encoding="utf-8").replace(
        "    when: {fact: grade, is: A}\n", "    when: {all: [{fact: grade, is: A}, {finding: grade-d}]}\n"
    )
    book.write_text(never, encoding="utf-8")
    drafts = tmp_path / "drafts.yaml"
    assert "未能生成 2 个" in run(library, "--skeleton", str(drafts)).output
    assert "# 未能生成: base-incentive@2021-01-01 成立\n" in drafts.read_text(encoding="utf-8")


def test_nothing_missing_writes_nothing(tmp_path: Path):
    library = with_tests(tmp_path, ONE)
    drafts = library / "tests" / "drafts.yaml"
    run(library, "--skeleton", str(drafts))
    drafts.write_text(drafts.read_text(encoding="utf-8").replace(MARK, ""), encoding="utf-8")
    result = run(library, "--skeleton", str(tmp_path / "more.yaml"))
    assert "草稿 0 个, 没有写文件" in result.output
    assert not (tmp_path / "more.yaml").exists()
