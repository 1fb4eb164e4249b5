"""A small rule set of exemption entries, made by hand from the words of the rulebook."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from creditgate_server.rulebook.bundle import RuleSet
from creditgate_server.rulebook.catalogue import (
    Catalogue,
    Citation,
    Exemption,
    ExemptionList,
    Instrument,
    Organ,
    Period,
    Rank,
)
from creditgate_server.rulebook.language import Applies, Book, GiveLeniency, GiveWarning, Leniency, Rule
from tests.shared import read_yaml

HERE = Path(__file__).parent
SINCE_2021 = Period(start=date(2021, 7, 15))
PENALTY_LAW = Citation(instrument="penalty-law", article="第三十三条第一款")


def phrases(name: str) -> list[dict[str, list[str]]]:
    """The phrases of a file beside this one."""
    return read_yaml(HERE / name)["phrases"]


def instrument(code: str, title: str) -> Instrument:
    return Instrument(code=code, title=title, rank=Rank.LAW, effective=Period(start=date(2000, 1, 1)))


def issued(code: str, title: str, region: str, organ: str) -> ExemptionList:
    return ExemptionList(
        code=code, title=title, region=region, organ=organ, instrument="penalty-law", effective=SINCE_2021
    )


def rule(
    entry: str, of: str, leniency: Leniency, region: str, effective: Period = SINCE_2021, circumstances: str = ""
) -> Rule:
    return Rule(
        id=f"{entry}-{of}",
        book=Book.LENIENCY,
        title="规则",
        effective=effective,
        applies=Applies(exemptions=(entry,), regions=(region,)),
        then=GiveLeniency(leniency=leniency, list=of, circumstances=circumstances),
        basis=(PENALTY_LAW,),
    )


def _entry(
    code: str, title: str, organ: str, basis: tuple[str, str], *keywords: str, basic_code: str = ""
) -> Exemption:
    cited = (Citation(instrument=basis[0], article=basis[1]),)
    return Exemption(
        code=code, title=title, organ=organ, basic_code=basic_code, penalty_basis=cited, keywords=tuple(keywords)
    )


ENTRIES = (
    _entry("m17", "经营超过保质期的食品", "market", ("food-law", "第三十四条第十项"), "过期食品"),
    _entry("m15", "食品标签、说明书存在瑕疵", "market", ("food-law", "第一百二十五条第二款"), "标签小毛病"),
    _entry("m01", "未取得营业执照从事经营", "market", ("licence-rules", "第十三条"), "无照经营"),
    _entry(
        "w01", "互联网上网服务营业场所未悬挂未成年人禁入标志", "culture", ("net-bar-rules", "第三十一条"), "网吧没挂牌"
    ),
    _entry(
        "d01", "在专门存放地以外倾倒砂石土", "water", ("soil-law", "第五十五条"), "乱倒渣土", basic_code="440216139000"
    ),
    _entry(
        "d02", "水土保持设施未经验收投产", "water", ("soil-law", "第五十四条"), "水保没验收", basic_code="440216138000"
    ),
    _entry("f07", "灭火器损坏", "fire", ("fire-law", "第十六条、第六十条"), "灭火器坏了"),
)
RULES = (
    rule("m17", "nation-2025", Leniency.MAY_BE_EXEMPT, "000000", circumstances="货值金额不超过五百元, 立即销毁"),
    rule(
        "m17",
        "shanghai",
        Leniency.NO_PENALTY_MINOR,
        "310000",
        Period(start=date(2019, 3, 15), until=date(2023, 12, 24)),
    ),
    rule("m15", "nation-2025", Leniency.NO_PENALTY_MINOR, "000000"),
    rule("m01", "yuhang", Leniency.NO_PENALTY_MINOR, "330110"),
    rule(
        "w01", "guangdong", Leniency.MAY_BE_EXEMPT, "440000", Period(start=date(2022, 8, 15), until=date(2027, 8, 14))
    ),
    rule("d01", "guangdong", Leniency.FINE_MAY_BE_WAIVED, "440000"),
    rule("d02", "dongguan", Leniency.MAY_MITIGATE, "441900"),
    Rule(
        id="nation-2025-unless-malice",
        book=Book.LENIENCY,
        title="主观恶意",
        effective=SINCE_2021,
        applies=Applies(exemptions=("m17", "m15"), regions=("000000",)),
        then=GiveLeniency(leniency=Leniency.EXCLUDED, list="nation-2025"),
        basis=(PENALTY_LAW,),
    ),
    Rule(
        id="law-33-1",
        book=Book.LENIENCY,
        title="轻微并及时改正",
        effective=SINCE_2021,
        then=GiveLeniency(leniency=Leniency.NO_PENALTY_MINOR),
        basis=(PENALTY_LAW,),
    ),
    Rule(
        id="third-exemption",
        book=Book.LENIENCY,
        title="一年三次",
        effective=SINCE_2021,
        then=GiveWarning(warning="一年内第三次"),
        basis=(PENALTY_LAW,),
    ),
)
"""`f07` has no version at all; exclusions, the law's own rules and warnings are no versions of entries."""


def rule_set() -> RuleSet:
    lists = (
        issued("nation-2025", "首违不罚、轻微免罚清单(一)", "000000", "market"),
        issued("shanghai", "市场轻微违法违规经营行为免罚清单", "310000", "market"),
        issued("yuhang", "余杭区市场监管轻微违法行为不予处罚清单", "330110", "market"),
        issued("guangdong", "广东省减免责清单", "440000", "water"),
        issued("dongguan", "东莞市清单", "441900", "water"),
    )
    instruments = (
        instrument("penalty-law", "中华人民共和国行政处罚法(2021修订)"),
        instrument("food-law", "中华人民共和国食品安全法"),
        instrument("licence-rules", "无证无照经营查处办法"),
        instrument("net-bar-rules", "互联网上网服务营业场所管理条例"),
        instrument("soil-law", "中华人民共和国水土保持法"),
        instrument("fire-law", "中华人民共和国消防法"),
    )
    organs = (
        Organ(code="market", title="市场监督管理局"),
        Organ(code="culture", title="文化广电旅游体育局"),
        Organ(code="water", title="水务局"),
        Organ(code="fire", title="消防救援机构"),
    )
    return RuleSet(
        catalogue=Catalogue(
            organs={one.code: one for one in organs},
            instruments={one.code: one for one in instruments},
            exemption_lists={one.code: one for one in lists},
            exemptions={one.code: one for one in ENTRIES},
        ),
        rules=RULES,
    )
