"""The file of synonyms, as a jurist may have changed it; and what it does."""

from collections import Counter
from importlib.resources import files

import yaml

from creditgate_server.exemptions.search.terms import Synonyms

CONTENT = yaml.safe_load((files("creditgate_server.exemptions.search") / "synonyms.yaml").read_text("utf-8"))


def test_every_row_has_several_words_and_none_twice():
    for row in CONTENT["same"]:
        assert len(row) >= 2, row
        assert all(isinstance(word, str) and word.strip() == word for word in row), row
        assert not [word for word, times in Counter(row).items() if times > 1], row


def test_no_two_rows_have_one_name():
    assert not [name for name, times in Counter(row[0] for row in CONTENT["same"]).items() if times > 1]


def test_words_that_say_nothing_mean_nothing_elsewhere():
    meaning = {word for row in CONTENT["same"] for word in row} | {
        w for kind in CONTENT["kinds"].values() for w in kind
    }
    assert not meaning & set(CONTENT["noise"])


def test_the_longest_word_comes_first_and_the_shorter_one_too():
    words = Synonyms([["无照经营", "没有营业执照"], ["营业执照", "执照"]], {}, [])
    found = [(one.start, one.end, [m.concept for m in one.meanings]) for one in words.occurrences("没有营业执照")]
    assert found == [(0, 6, ["无照经营"]), (2, 6, ["营业执照"]), (4, 6, ["营业执照"])]


def test_a_narrower_word_counts_for_the_broader_one_but_less():
    words = Synonyms([["食品", "吃的"]], {"食品": ["牛奶"]}, [])
    (milk,) = words.occurrences("牛奶")
    (food,) = words.occurrences("吃的")
    assert [one.concept for one in milk.meanings] == [one.concept for one in food.meanings] == ["食品"]
    assert milk.meanings[0].share < food.meanings[0].share == 1
    assert set(words.words("食品")) == {"食品", "吃的"}


def test_what_says_nothing_is_left_out_but_never_half_a_word():
    words = Synonyms([["的士", "出租车"]], {}, ["怎么处理", "的"])
    text = "坏的的士怎么处理"
    assert [text[start:end] for start, end in words.telling(text)] == ["坏", "的士"]
