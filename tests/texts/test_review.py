"""A review verifies what was read and found right, and nothing else; what changes since is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from creditgate_server.rulebook.load import read_directory

from .conftest import Held

RIGHT = "verdict: right, post: 法制审核岗, day: 2026-11-30"
BAN = "of: rule/closed-shop-ban@2020-01-01, instrument: shop-law, article: 第十条第一款"
TERM = "of: parameter/shop-ban-term@2020-01-01, instrument: shop-law, article: 第十条第一款"
ENTRY = "of: exemption/s1-sign-list-first@2020-01-01"


def verified(held: Held) -> set[str]:
    return {line.of for line in read_directory(held.rules).rule_set.verifications}


def test_what_was_read_and_is_right_is_written_with_day_post_and_digest(held: Held):
    told = held.run("--review", held.review(f"{{{BAN}, {RIGHT}}}", f"{{{TERM}, {RIGHT}}}"), "--write")
    assert told.returncode == 0, told.stdout + told.stderr
    assert "已写进 verification: 2 条; 撤回 0 条; 没有核对完 0 条" in told.stdout
    assert "法律: 引用 8 处, 原文在手边 8 处, 已核实 2 处(25%)" in told.stdout
    written = (held.rules / "verification" / "measures.yaml").read_text(encoding="utf-8")
    assert "of: rule/closed-shop-ban@2020-01-01" in written
    assert "day: 2026-11-30" in written
    assert "法制审核岗" in written
    assert (held.rules / "verification" / "catalogue.yaml").is_file()
    assert verified(held) == {"rule/closed-shop-ban@2020-01-01", "parameter/shop-ban-term@2020-01-01"}
    (rule,) = [one for one in read_directory(held.rules).rule_set.rules if one.id == "closed-shop-ban"]
    assert rule.verified
    assert held.check().returncode == 0


def test_nothing_is_written_without_being_asked(held: Held):
    told = held.run("--review", held.review(f"{{{BAN}, {RIGHT}}}"))
    assert "可以写进 verification(加 --write): 1 条" in told.stdout
    assert not (held.rules / "verification").exists()


def test_of_a_thing_of_which_one_citation_was_not_read_the_other_is_written_and_it_stays_unverified(held: Held):
    review = held.review(f"{{{ENTRY}, instrument: shop-law, article: 第十一条, {RIGHT}}}")
    told = held.run("--review", review, "--write")
    assert told.returncode == 0
    assert "仍是待核实: exemption/s1-sign-list-first@2020-01-01: 还没有核对 city-notice" in told.stdout
    assert "法律: 引用 8 处, 原文在手边 8 处, 已核实 1 处" in told.stdout
    assert held.check().returncode == 0
    assert not any(rule.verified for rule in read_directory(held.rules).rule_set.rules)


def test_an_earlier_reading_counts_with_a_later_one_while_all_is_the_same(held: Held):
    lines = [
        f"{{{ENTRY}, instrument: city-notice, {RIGHT}}}",
        f"{{{ENTRY}, instrument: shop-law, article: 第十一条, {RIGHT}}}",
    ]
    held.run("--review", held.review(*lines), "--write")
    held.spoil("shop-law.md", "初次违法且及时改正的", "初次违法并及时改正的")
    told = held.run("--review", held.review(lines[1]), "--write")
    assert told.returncode == 0, told.stdout
    assert verified(held) == {"exemption/s1-sign-list-first@2020-01-01"}


def test_an_instrument_itself_is_compared_with_the_head_of_its_text(held: Held):
    review = held.review(f"{{of: instrument/shop-law, instrument: shop-law, {RIGHT}}}")
    held.run("--review", review, "--write")
    assert read_directory(held.rules).rule_set.catalogue.instruments["shop-law"].verified
    held.spoil("shop-law.md", "- 完整: 是", "- 完整: 是\n- 失效: 2030-01-01")
    told = held.run()
    assert told.returncode == 1
    assert "文本变了: shop-law 的文本在 2026-11-30 核对以后变了 [instrument/shop-law]" in told.stdout


def test_a_text_changed_since_it_was_compared_is_told_at_the_line_of_the_register(held: Held):
    held.run("--review", held.review(f"{{{BAN}, {RIGHT}}}"), "--write")
    held.spoil("shop-law.md", "三年内不得再次申请", "三年内不得重新申请")
    told = held.run()
    assert told.returncode == 1
    register = held.rules / "verification" / "measures.yaml"
    line = next(
        number
        for number, text in enumerate(register.read_text(encoding="utf-8").splitlines(), 1)
        if "第十条第一款" in text
    )
    (found,) = [text for text in told.stdout.splitlines() if "文本变了: shop-law" in text]
    assert found.startswith(f"{register}:{line}:")
    assert "shop-law 第十条第一款 的文本在 2026-11-30 核对以后变了 [rule/closed-shop-ban@2020-01-01]" in found
    assert "已核实 0 处" in told.stdout


def test_white_space_changed_since_is_no_change(held: Held):
    held.run("--review", held.review(f"{{{BAN}, {RIGHT}}}"), "--write")
    held.spoil("shop-law.md", "第十条 许可被吊销的", "第十条　许可被吊销的")
    assert held.run().returncode == 0


def test_a_verified_rule_that_was_changed_is_refused_by_check_and_can_be_read_again(held: Held):
    held.run("--review", held.review(f"{{{BAN}, {RIGHT}}}"), "--write")
    held.spoil("measures.yaml", "开店许可被吊销后的禁止期内", "许可被吊销后的禁止期内")
    assert held.check().returncode == 1
    told = held.run()
    assert told.returncode == 1
    assert (
        f"{held.rules}/measures.yaml:3:5: 文本变了: rule/closed-shop-ban@2020-01-01 核实以后内容改动了" in told.stdout
    )
    told = held.run("--review", held.review(f"{{{BAN}, {RIGHT}}}"), "--write")
    assert told.returncode == 0, told.stdout
    assert held.check().returncode == 0


def test_a_verdict_of_wrong_withdraws_what_stood_there(held: Held):
    held.run("--review", held.review(f"{{{BAN}, {RIGHT}}}", f"{{{TERM}, {RIGHT}}}"), "--write")
    wrong = f"{{{BAN}, verdict: wrong, post: 法制审核岗, day: 2026-11-30, note: 该款说的是另一种许可}}"
    told = held.run("--review", held.review(wrong), "--write")
    assert "撤回核实: rule/closed-shop-ban@2020-01-01" in told.stdout
    assert not (held.rules / "verification" / "measures.yaml").exists()
    assert verified(held) == {"parameter/shop-ban-term@2020-01-01"}


# What is wrong with a reading, what is told, and at which column of line 2.
REFUSED = {
    "unknown thing": (f"{{of: rule/closed-shop, instrument: shop-law, {RIGHT}}}", 10, "规则库里没有 rule/closed-shop"),
    "not cited": (
        f"{{of: rule/large-shop@2020-01-01, instrument: shop-law, article: 第九条, {RIGHT}}}",
        50,
        "rule/large-shop@2020-01-01 没有引用 shop-law 第九条 → 它引用的是 sign-order 第四条",
    ),
    "a day to come": (
        f"{{{BAN}, verdict: right, post: 法制审核岗, day: 2199-01-01}}",
        0,
        "核对的日期 2199-01-01 还没有到",
    ),
    "an excerpt for the whole": (
        f"{{of: exemption_list/sign-list, instrument: city-notice, {RIGHT}}}",
        0,
        "city-notice 的文本是节录, 不能代表全文",
    ),
    "no text": (
        f"{{of: soft_measure/education, instrument: sign-order, article: 第五条, {RIGHT}}}",
        0,
        "文本目录里没有 sign-order 第五条",
    ),
    "a number that is not there": (f"{{{TERM}, {RIGHT}}}", 0, "写着 right, 却有错: 参数的值里的 48 个月"),
    "own practice": (
        f"{{of: parameter/closer-look@2020-01-01, instrument: shop-law, article: 第九条, {RIGHT}}}",
        0,
        "parameter/closer-look@2020-01-01 没有引用 shop-law 第九条",
    ),
    "no verdict": (f"{{{BAN}, verdict: maybe, post: 法制审核岗, day: 2026-11-30}}", 0, "maybe"),
    "no post": (f"{{{BAN}, verdict: right, day: 2026-11-30}}", 5, "post"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_reading_that_can_not_be_meant_is_refused_and_nothing_is_written(held: Held, case: str):
    line, column, reason = REFUSED[case]
    held.spoil("city-notice.md", "完整: 是", "完整: 否(节录)")
    held.spoil("sign-order.md", "## 第五条", "## 第六条")
    if case == "a number that is not there":
        held.spoil("catalogue.yaml", "36, basis", "48, basis")
    review = held.review(line, f"{{of: objection/reconsideration, instrument: shop-law, article: 第十二条, {RIGHT}}}")
    told = held.run("--review", review, "--write")
    assert told.returncode == 2, told.stdout
    assert f"{review}:2:{column or ''}" in told.stderr
    assert reason in told.stderr
    assert not (held.rules / "verification").exists()


def test_one_citation_read_twice_is_refused(held: Held):
    review = held.review(f"{{{BAN}, {RIGHT}}}", f"{{{BAN}, {RIGHT}}}")
    told = held.run("--review", review, "--write")
    assert told.returncode == 2
    assert f"{review}:3:10: rule/closed-shop-ban@2020-01-01 的这处引用写了两次, 第 2 行已经写过" in told.stderr


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("verdicts: []\n", "没有 reviews 一节"),
        ("reviews: 很多\n", "没有 reviews 一节, 或者它不是列表"),
        ("- {of: a}\n", "文件里没有任何一节"),
        ("reviews: [{]\n", "这里缺少内容"),
    ],
)
def test_a_review_that_is_none_is_refused(held: Held, content: str, reason: str):
    file = held.rules.parent / "review.yaml"
    file.write_text(content, encoding="utf-8")
    told = held.run("--review", file)
    assert told.returncode == 2
    assert reason in told.stderr


def test_folders_that_are_not_there_and_options_that_do_not_go_together(held: Held, tmp_path: Path):
    assert held.run("--write").stderr.endswith("--write 要和 --review 一起用\n")
    empty = tmp_path / "empty"
    empty.mkdir()
    for folder, rules, reason in (
        (tmp_path / "none", held.rules, "没有文本目录"),
        (held.folder, tmp_path / "none", "没有规则库目录"),
        (empty, held.rules, "里没有文本"),
    ):
        told = Held(rules, folder).run()
        assert told.returncode == 2
        assert reason in told.stderr
    assert held.run("--review", tmp_path / "none.yaml").returncode == 2
