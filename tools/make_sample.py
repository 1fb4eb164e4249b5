"""Make the sample registry: plainly fictional subjects with valid codes, from a fixed seed.

The first subjects are a cast with the records that the demo needs; the others are random. Days lie before DATA_DAY.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from random import Random

from creditgate_server.codes import USCC_ALPHABET, uscc_check_character

DATA_DAY = date(2026, 11, 20)
FIRMS = 320
SEED = 20_261_120
FOLDER = Path(__file__).resolve().parent.parent / "sample"

MARKET, ECOLOGY, LABOUR = "东莞市市场监督管理局", "东莞市生态环境局", "东莞市人力资源和社会保障局"
EMERGENCY, HOUSING, TRANSPORT = "东莞市应急管理局", "东莞市住房和城乡建设局", "东莞市交通运输局"
REFORM, FINANCE, TAX, COURT = "东莞市发展和改革局", "东莞市财政局", "国家税务总局东莞市税务局", "东莞市中级人民法院"
ORGANS = (MARKET, ECOLOGY, LABOUR, EMERGENCY, HOUSING, TRANSPORT)

CITIZEN = "440106180001010013"
"""A made-up number with a valid check digit, of a birth in 1800: the legal representative of one case."""

Row = dict[str, object]


def organisation_code(body: str) -> str:
    """Eight characters and the check character of GB 11714."""
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(letter, 36) * weight for letter, weight in zip(body, weights, strict=True))
    check = 11 - total % 11
    return body + {10: "X", 11: "0"}.get(check, str(check))


def uscc(number: int, prefix: str = "91") -> str:
    """A valid code whose organisation part starts with YL (样例): no real firm has it."""
    body = f"YL{number:06d}"
    first17 = f"{prefix}441900{organisation_code(body)}"
    assert all(letter in USCC_ALPHABET for letter in first17)
    return first17 + uscc_check_character(first17)


def days_ago(days: int) -> date:
    """A day so many days before the data day."""
    return DATA_DAY - timedelta(days=days)


class Sample:
    """Rows of all files in the making."""

    def __init__(self) -> None:
        self.subjects: list[Row] = []
        self.penalties: list[Row] = []
        self.licences: list[Row] = []
        self.entries: list[Row] = []
        self.ratings: list[Row] = []
        self.customs: list[Row] = []
        self.records: list[Row] = []
        self.number = 0

    def document(self, mark: str) -> str:
        """A document number that no other row has."""
        self.number += 1
        return f"东样{mark}〔2026〕{self.number:05d}号"

    def subject(self, code: str, name: str, *, since: date, state: str = "normal", small: bool = False) -> None:
        """A firm."""
        self.subjects.append(
            {
                "主体名称": name,
                "统一社会信用代码": code,
                "成立日期": since,
                "登记状态": state,
                "小型微型企业": "是" if small else "否",
            }
        )

    def rating(self, code: str, ladder: str, rating: str, decided: date) -> None:
        """A rating on a ladder; customs ratings go to a file of their own."""
        row: Row = {
            "统一社会信用代码": code,
            "评价名称": ladder,
            "评价等级": rating,
            "评价日期": decided,
            "有效期至": "",
        }
        (self.customs if ladder == "customs" else self.ratings).append(row)

    def penalty(
        self,
        code: str,
        severity: str,
        decided: date,
        *,
        organ: str = MARKET,
        fine: str = "0.5",
        category: str = "罚款",
        revoked: str = "",
        until: date | None = None,
        state: str = "有效",
        state_on: date | None = None,
        id_number: str = "",
    ) -> None:
        """A penalty as in dual publicity."""
        self.penalties.append(
            {
                "行政相对人名称": "(样例)",
                "统一社会信用代码": code,
                "证件类型": "居民身份证" if id_number else "",
                "证件号码": id_number,
                "行政处罚决定书文号": self.document("罚"),
                "处罚类别": category,
                "暂扣或吊销证照名称及编号": revoked,
                "罚款金额(万元)": fine,
                "没收金额(万元)": "",
                "处罚决定日期": decided,
                "公示截止期": until or "",
                "处罚机关": organ,
                "失信严重程度": severity,
                "状态": state,
                "状态日期": state_on or "",
            }
        )

    def licence(self, code: str, decided: date, organ: str) -> None:
        """A licence as in dual publicity."""
        self.licences.append(
            {
                "行政相对人名称": "(样例)",
                "统一社会信用代码": code,
                "行政许可决定文书号": self.document("许"),
                "许可决定日期": decided,
                "有效期自": decided,
                "有效期至": decided + timedelta(days=1825),
                "许可机关": organ,
            }
        )

    def entry(
        self,
        code: str,
        name: str,
        decided: date,
        organ: str,
        *,
        state: str = "有效",
        state_on: date | None = None,
        id_number: str = "",
    ) -> None:
        """An entry of a list."""
        self.entries.append(
            {
                "主体名称": "(样例)",
                "统一社会信用代码": code,
                "证件类型": "居民身份证" if id_number else "",
                "证件号码": id_number,
                "名单名称": name,
                "列入决定书文号": self.document("列"),
                "列入日期": decided,
                "列入机关": organ,
                "状态": state,
                "状态日期": state_on or "",
            }
        )

    def record(
        self,
        code: str,
        kind: str,
        decided: date,
        organ: str,
        *,
        severity: str = "",
        state: str = "有效",
        state_on: date | None = None,
    ) -> None:
        """Any other record."""
        self.records.append(
            {
                "主体名称": "(样例)",
                "统一社会信用代码": code,
                "记录类别": kind,
                "文号": self.document("录"),
                "认定日期": decided,
                "截止日期": "",
                "认定单位": organ,
                "严重程度": severity,
                "状态": state,
                "状态日期": state_on or "",
            }
        )


CAST = (
    "甲一样例食品",
    "乙二样例餐饮",
    "丙三样例药房",
    "丁四样例建筑",
    "戊五样例劳务",
    "己六样例环保",
    "庚七样例化工",
    "辛八样例物流",
    "壬九样例旅行社",
    "癸十样例电子",
    "子一样例科技",
    "丑二样例家具",
    "寅三样例进出口",
    "卯四样例服装",
    "辰五样例地产",
    "巳六样例土壤检测",
    "午七样例环评咨询",
    "未八样例餐饮",
    "申九样例机械",
    "酉十样例培训",
)


def add_cast(sample: Sample) -> None:
    """The subjects of the demo's cases, in the order of CAST."""
    codes = [uscc(number) for number in range(1, len(CAST) + 1)]
    grades = ["A", "B", "B", "B", "B", "A", "B", "B", "B", "A", "A", "C", "A", "B", "B", "B", "B", "B", "D", "B"]
    for code, name, grade in zip(codes, CAST, grades, strict=True):
        sample.subject(code, f"东莞市{name}有限公司(样例)", since=days_ago(2600), small=name.endswith("餐饮"))
        sample.rating(code, "public-credit", grade, days_ago(30))
        sample.rating(code, "tax", "A" if grade == "A" else "B", days_ago(200))
    food, canteen, pharmacy, builder, labour, green, chemical, freight, travel, electronics = codes[:10]
    technology, furniture, trader, clothing, estate, soil, consultant, revoked, machinery, school = codes[10:]
    sample.record(canteen, "违背告知承诺", days_ago(120), MARKET)
    sample.penalty(pharmacy, "严重", days_ago(90), fine="12", until=days_ago(-640))
    sample.entry(builder, "拖欠农民工工资失信联合惩戒对象名单", days_ago(300), LABOUR)
    sample.rating(labour, "labour", "A", days_ago(150))
    sample.rating(green, "environment", "green", days_ago(100))
    sample.rating(chemical, "environment", "yellow", days_ago(100))
    sample.entry(chemical, "安全生产严重失信主体名单", days_ago(200), EMERGENCY)
    sample.entry(freight, "失信被执行人名单", days_ago(60), COURT)
    sample.record(travel, "列入经营异常名录", days_ago(50), MARKET)
    sample.rating(technology, "environment", "green", days_ago(100))
    for ago in (100, 300, 500):
        sample.penalty(furniture, "一般", days_ago(ago), organ=ECOLOGY, fine="3", until=days_ago(-200))
    sample.rating(trader, "customs", "senior-certified", days_ago(400))
    sample.entry(clothing, "市场监督管理严重违法失信名单", days_ago(500), MARKET, state="已移出", state_on=days_ago(20))
    sample.penalty(estate, "严重", days_ago(200), organ=HOUSING, fine="30", until=days_ago(-500))
    sample.record(estate, "政府合同违约(生效裁判或仲裁确认)", days_ago(400), REFORM)
    sample.entry(soil, "土壤污染状况调查从业单位白名单", days_ago(700), ECOLOGY)
    sample.record(consultant, "违背告知承诺", days_ago(80), ECOLOGY)
    sample.penalty(revoked, "严重", days_ago(700), category="吊销许可证件", revoked="食品经营许可证 样例001")
    sample.entry(machinery, "政府采购严重违法失信行为记录名单", days_ago(400), FINANCE)
    sample.record(school, "容缺受理后逾期未补齐材料", days_ago(40), REFORM)
    sample.entry("", "失信被执行人名单", days_ago(45), COURT, id_number=CITIZEN)
    sample.entry(food, "守信激励对象名单(红名单)", days_ago(300), REFORM)
    sample.record(electronics, "守信荣誉", days_ago(250), REFORM)


def add_every_list(sample: Sample) -> None:
    """One entry of each list that would else be empty: a feed that brought nothing is not known to be complete."""
    for number, (name, organ) in enumerate(
        (
            ("文化和旅游市场严重失信主体名单", "东莞市文化广电旅游体育局"),
            ("严重违法超限超载运输失信当事人名单", TRANSPORT),
            ("食品药品严重违法失信者名单", MARKET),
            ("知识产权领域严重违法失信名单", MARKET),
            ("统计严重失信企业名单", "东莞市统计局"),
            ("建筑市场主体严重失信名单", HOUSING),
            ("环境影响评价信用平台失信黑名单(编制单位和编制人员)", ECOLOGY),
            ("重大税收违法失信主体", TAX),
        ),
        start=len(CAST) + 1,
    ):
        sample.entry(uscc(number), name, days_ago(100 + number), organ)


def add_random(sample: Sample, random: Random) -> None:
    """Everyone else."""
    first = ("松山", "南城", "虎门", "长安", "厚街", "寮步", "大朗", "常平", "清溪", "凤岗")
    trades = ("五金", "电子", "食品", "家具", "物流", "服装", "模具", "塑胶", "印刷", "建材", "环保", "餐饮")
    for number in range(len(CAST) + 1, FIRMS + 1):
        prefix = "92" if number % 12 == 0 else "91"
        code = uscc(number, prefix)
        name = f"东莞市{random.choice(first)}{random.choice(trades)}{number}号样例"
        suffix = "经营部(样例)" if prefix == "92" else "有限公司(样例)"
        state = random.choices(("normal", "cancelled", "revoked"), (96, 2, 2))[0]
        sample.subject(
            code, name + suffix, since=days_ago(random.randrange(200, 6000)), state=state, small=random.random() < 0.5
        )
        add_ratings(sample, random, code, prefix)
        add_records(sample, random, code)


def add_ratings(sample: Sample, random: Random, code: str, prefix: str) -> None:
    """National evaluation for most firms, and the sectors' ladders for some."""
    if prefix == "91" and random.random() < 0.93:
        grade = random.choices("ABCD", (25, 50, 18, 7))[0]
        sample.rating(code, "public-credit", grade, days_ago(random.randrange(5, 40)))
    if random.random() < 0.9:
        sample.rating(code, "tax", random.choices("ABMCD", (30, 45, 15, 7, 3))[0], days_ago(random.randrange(100, 300)))
    if random.random() < 0.25:
        colour = random.choices(("green", "blue", "yellow", "red"), (15, 70, 12, 3))[0]
        sample.rating(code, "environment", colour, days_ago(random.randrange(30, 300)))
    if random.random() < 0.25:
        sample.rating(code, "labour", random.choices("ABC", (30, 60, 10))[0], days_ago(random.randrange(30, 300)))
    if random.random() < 0.2:
        rating = random.choices(("senior-certified", "certified", "regular", "dishonest"), (15, 20, 60, 5))[0]
        sample.rating(code, "customs", rating, days_ago(random.randrange(60, 300)))


def add_records(sample: Sample, random: Random, code: str) -> None:
    """Licences, penalties, list entries and other records."""
    for _ in range(random.choices((1, 2, 3, 4), (30, 40, 20, 10))[0]):
        sample.licence(code, days_ago(random.randrange(10, 1500)), random.choice(ORGANS))
    for _ in range(random.choices((0, 1, 2, 3, 5, 8), (25, 20, 20, 15, 12, 8))[0]):
        severity = random.choices(("轻微", "一般", "严重"), (50, 42, 8))[0]
        decided = days_ago(random.randrange(5, 1100))
        fine = f"{random.choice((0.05, 0.2, 0.5, 1, 2, 5, 12)):g}"
        repaired = severity != "严重" and random.random() < 0.3
        sample.penalty(
            code,
            severity,
            decided,
            organ=random.choice(ORGANS),
            fine=fine,
            state="已修复" if repaired else "有效",
            state_on=min(decided + timedelta(days=random.randrange(100, 300)), DATA_DAY) if repaired else None,
        )
    if random.random() < 0.1:
        name, organ = random.choice(
            (
                ("失信被执行人名单", COURT),
                ("重大税收违法失信主体", TAX),
                ("市场监督管理严重违法失信名单", MARKET),
                ("安全生产严重失信主体名单", EMERGENCY),
                ("统计严重失信企业名单", "东莞市统计局"),
                ("建筑市场主体严重失信名单", HOUSING),
                ("守信激励对象名单(红名单)", REFORM),
            )
        )
        sample.entry(code, name, days_ago(random.randrange(10, 900)), organ)
    if random.random() < 0.4:
        kind = random.choice(("列入经营异常名录", "违背告知承诺", "容缺受理后逾期未补齐材料", "守信荣誉"))
        decided = days_ago(random.randrange(5, 500))
        repaired = random.random() < 0.5
        state_on = min(decided + timedelta(days=60), DATA_DAY) if repaired else None
        sample.record(
            code, kind, decided, random.choice(ORGANS), state="已修复" if repaired else "有效", state_on=state_on
        )


def write(path: Path, rows: Iterable[Row]) -> None:
    """A CSV file with the rows' headers."""
    rows = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main(folder: Path = FOLDER) -> None:
    """Write all files of the sample."""
    folder.mkdir(parents=True, exist_ok=True)
    sample = Sample()
    add_cast(sample)
    add_every_list(sample)
    add_random(sample, Random(SEED))
    write(folder / "subjects.csv", sample.subjects)
    write(folder / "penalties.csv", sample.penalties)
    write(folder / "licences.csv", sample.licences)
    write(folder / "lists.csv", sample.entries)
    write(folder / "ratings.csv", sample.ratings)
    write(folder / "customs.csv", sample.customs)
    write(folder / "records.csv", sample.records)
    records = len(sample.penalties) + len(sample.licences) + len(sample.entries) + len(sample.records)
    ratings = len(sample.ratings) + len(sample.customs)
    print(f"{folder}: {len(sample.subjects)} subjects, {records} records, {ratings} ratings")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
