"""Citations as officials write them."""

from __future__ import annotations

from datetime import date

import pytest

from creditgate_server.exemptions.sheets.citing import CitedDocument, Titles, cited_in, in_force, numeral
from creditgate_server.rulebook.catalogue import Instrument, Period, Rank

TEXTS: dict[str, tuple[tuple[tuple[str, tuple[str, ...]], ...], str]] = {
    "《行政处罚法》第三十三条第一款": ((("行政处罚法", ("第三十三条第一款",)),), ""),
    "《行政处罚法》第33条第1款": ((("行政处罚法", ("第三十三条第一款",)),), ""),
    "《甲法》第五条、第六条第二款": ((("甲法", ("第五条", "第六条第二款")),), ""),
    "《甲法》第五条第一款、第二款": ((("甲法", ("第五条第一款", "第五条第二款")),), ""),
    "《甲法》第五条第一款第（三）项、第（五）项": ((("甲法", ("第五条第一款第三项", "第五条第一款第五项")),), ""),
    "《甲法》第五条第（三）项": ((("甲法", ("第五条第三项",)),), ""),
    "《甲法》第一百二十条之一": ((("甲法", ("第一百二十条之一",)),), ""),
    "《甲法》（2021修订）第十条": ((("甲法", ("第十条",)),), ""),
    "《甲法》": ((("甲法", ()),), ""),
    "根据《甲法》第五条和《乙条例》第十条的规定": ((("甲法", ("第五条",)), ("乙条例", ("第十条",))), ""),
    "1.《甲法》第五条\n2.《乙条例》第十条": ((("甲法", ("第五条",)), ("乙条例", ("第十条",))), ""),
    "《关于印发〈某清单〉的通知》": ((("关于印发〈某清单〉的通知", ()),), ""),
    "《关于印发《某清单》的通知》第二条": ((("关于印发《某清单》的通知", ("第二条",)),), ""),
    "《甲法》第五条: 禁止占道": ((("甲法", ("第五条",)),), "禁止占道"),
    "占道的, 罚款": ((), "占道的, 罚款"),
    "行政处罚法第三十三条": ((), "行政处罚法第三十三条"),
    "《甲法》第五条第一款、第五条第一款": ((("甲法", ("第五条第一款",)),), ""),
}


@pytest.mark.parametrize("text", TEXTS)
def test_what_a_text_cites(text: str) -> None:
    cited, rest = TEXTS[text]
    found = cited_in(text)
    assert found.cited == tuple(CitedDocument(title, articles) for title, articles in cited)
    assert found.rest == rest


@pytest.mark.parametrize(
    ("digits", "said"),
    [("1", "一"), ("10", "十"), ("12", "十二"), ("20", "二十"), ("33", "三十三"), ("100", "一百"), ("101", "一百零一"),
     ("110", "一百一十"), ("115", "一百一十五"), ("1001", "一千零一"), ("1260", "一千二百六十"), ("十", "十")],
)  # fmt: skip
def test_numerals(digits: str, said: str) -> None:
    assert numeral(digits) == said


def instrument(code: str, title: str, start: str, until: str | None = None) -> Instrument:
    life = Period(start=date.fromisoformat(start), until=date.fromisoformat(until) if until else None)
    return Instrument(code=code, title=title, rank=Rank.LAW, effective=life)


OLD = instrument("old", "中华人民共和国行政处罚法(2017修正)", "2018-01-01", "2021-07-14")
NEW = instrument("new", "中华人民共和国行政处罚法", "2021-07-15")


@pytest.mark.parametrize(
    "title", ["行政处罚法", "中华人民共和国行政处罚法", "行政处罚法（2021修订）", "中华人民共和国 行政处罚法"]
)
def test_a_law_is_known_by_its_short_title_too(title: str) -> None:
    assert Titles([OLD, NEW]).named(title) == (OLD, NEW)


@pytest.mark.parametrize(
    ("day", "until", "code"),
    [
        ("2020-01-01", None, "old"),
        ("2021-07-14", "2021-07-14", "old"),
        ("2021-07-15", None, "new"),
        ("2017-01-01", None, ""),
    ],
)
def test_the_edition_in_force_counts(day: str, until: str | None, code: str) -> None:
    end = date.fromisoformat(until) if until else None
    assert next((one.code for one in in_force((OLD, NEW), date.fromisoformat(day), end)), "") == code
