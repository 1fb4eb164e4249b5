"""A list to print and to take along: the page, and the bundle for a tablet."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import replace
from datetime import date
from html import unescape
from html.parser import HTMLParser

import msgspec

from creditgate_server.exemptions.sheets.bundle import FORMAT, MANIFEST_FORMAT, bundle, page
from creditgate_server.exemptions.sheets.columns import OFFICIAL, RANGE
from creditgate_server.exemptions.sheets.digest import list_digest
from creditgate_server.exemptions.sheets.typed import EntryReaders, TypedEntry, in_force, list_sources, read_sources

from .kit import CITY, PROVINCE, shipped, small, typed


class Table(HTMLParser):
    """Column titles, rows, and whatever loads something."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.titles: list[str] = []
        self.rows: list[list[str]] = []
        self.loads: list[str] = []
        self._into: list[str] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loads += [name for name, _ in attrs if name in ("src", "href", "data", "srcset")]
        self.loads += [tag] if tag in ("script", "link", "img", "iframe", "object") else []
        if tag == "tr":
            self.rows.append([])
        if tag in ("th", "td"):
            self._into = self.titles if tag == "th" else self.rows[-1]
            self._into.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("th", "td"):
            self._into = None

    def handle_data(self, data: str) -> None:
        if self._into is not None:
            self._into[-1] += data


def test_the_page_has_the_official_columns() -> None:
    loaded = small()
    found = Table(page(loaded.rule_set, typed(loaded, CITY)))
    assert found.titles == [*OFFICIAL, RANGE]
    rows = [dict(zip(found.titles, row, strict=True)) for row in found.rows if row]
    assert [row["事项名称"] for row in rows] == ["经营超过保质期的食品", "擅自占道经营", "擅自占道经营"]
    assert rows[0]["备注"] == "待核实"
    assert rows[1]["裁量幅度"] == "五十元以上一百元以下"
    assert rows[1]["备注"] == "只对初次(2022-01-01 起, 至 2024-12-31)待核实"
    assert rows[0]["免处罚依据"] == "《中华人民共和国行政处罚法》第三十三条; 《关于印发〈东莞市免罚清单〉的通知》"
    province = Table(page(loaded.rule_set, typed(loaded, PROVINCE)))
    assert province.titles == list(OFFICIAL)
    assert next(row for row in province.rows if row)[OFFICIAL.index("配套监管措施")] == ""


def test_the_list_s_own_definitions_stand_below() -> None:
    loaded = small()
    text = page(loaded.rule_set, typed(loaded, CITY))
    for words in (
        "初次违法(此前 24 个月内在本市没有同类违法)",
        "被发现以前自行改正, 或者自发现起 5 个工作日内改正",
        "不适用情形: </strong>主观恶意",
        list_digest(loaded.rule_set, CITY),
    ):
        assert words in text


def test_the_page_needs_nothing_and_escapes_what_it_shows() -> None:
    loaded = small()
    listed = typed(loaded, CITY)
    one = listed.entries[0]
    sly = "<script>alert('甲&乙')</script>"
    entry = msgspec.structs.replace(one.entry, title=sly)
    version = msgspec.structs.replace(one.version, circumstances=sly, remark=f"</td>{sly}")
    value = msgspec.structs.replace(listed.value, title=sly, remark=sly)
    text = page(loaded.rule_set, replace(listed, value=value, entries=(TypedEntry(entry, version),)))
    assert "<script" not in text
    found = Table(text)
    assert found.loads == []
    row = dict(zip(found.titles, found.rows[-1], strict=True))
    assert (row["事项名称"], row["适用情形"]) == (sly, sly)
    assert "default-src 'none'; style-src" in unescape(text) and "http:" not in text and "https:" not in text


def test_the_page_is_set_for_a4_landscape_with_titles_and_numbers_on_each_sheet() -> None:
    loaded = small()
    text = page(loaded.rule_set, typed(loaded, CITY))
    assert "size: A4 landscape" in text
    assert "thead { display: table-header-group; }" in text
    assert "counter(page)" in text and "counter(pages)" in text


def test_on_a_day_there_are_the_entries_of_that_day() -> None:
    listed = typed(small(), CITY)
    kinds = {
        day: [one.version.kind.value for one in in_force(listed, date.fromisoformat(day)).entries]
        for day in ("2024-12-31", "2025-01-01")
    }
    assert kinds == {"2024-12-31": ["first", "lighter"], "2025-01-01": ["first", "fine_waived"]}


def files_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert {entry.date_time for entry in archive.infolist()} == {(2000, 1, 1, 0, 0, 0)}
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_bundle_says_what_it_holds() -> None:
    loaded = small()
    files = files_of(bundle(loaded.rule_set, [typed(loaded, CITY), typed(loaded, PROVINCE)]))
    names = [f"{code}.{ending}" for code in (CITY, PROVINCE) for ending in ("html", "json")]
    assert list(files) == ["manifest.json", *names]
    manifest = json.loads(files["manifest.json"])
    assert (manifest["format"], manifest["rule_set"]) == (MANIFEST_FORMAT, loaded.rule_set.digest)
    assert [(one["code"], one["digest"]) for one in manifest["lists"]] == [
        (code, list_digest(loaded.rule_set, code)) for code in (CITY, PROVINCE)
    ]
    for name in names:
        assert manifest["files"][name] == "sha256:" + hashlib.sha256(files[name]).hexdigest()


def test_a_list_as_json_is_for_people_and_for_programs() -> None:
    """Worked out from the small library by hand."""
    loaded = small()
    content = json.loads(files_of(bundle(loaded.rule_set, [typed(loaded, CITY)]))[f"{CITY}.json"])
    assert content["format"] == FORMAT
    listed = content["list"]
    assert listed["organ"] == {"code": "market", "title": "市场监管部门"}
    assert (listed["from"], listed["until"]) == ("2022-01-01", "2030-12-31")
    assert listed["requires"] == [{"code": "first", "title": "初次违法"}, {"code": "corrected", "title": "及时改正"}]
    assert listed["recheck"] == "10 个工作日"
    assert [(one["code"], one["title"], one["conditions"]) for one in listed["exclusions"]] == [
        ("malice", "主观恶意", [{"depth": 0, "number": "", "text": "恶意: 是"}])
    ]
    entry = content["entries"][0]
    assert entry["kind"] == {"code": "first", "title": "首违不罚"}
    assert entry["penalty_basis"][0] == {
        "instrument": "food-law",
        "title": "中华人民共和国食品安全法",
        "number": "",
        "article": "第三十四条第十项",
    }
    assert entry["rule"] == "m1-city-list-first@2022-01-01"
    assert entry["gives"] == "首违可以不罚: 可以不予行政处罚(东莞市免罚清单)"
    said = [line["text"] for line in entry["conditions"]]
    assert "货值不超过 500 元" in said and "初次违法(此前 24 个月内在本市没有同类违法)" in said
    assert entry["when"]["test"] == "all"
    assert [one["code"] for one in entry["measures"]] == ["order-correction", "education"]
    assert (entry["verified"], entry["until"]) == (False, "2030-12-31")


def test_the_digest_can_be_worked_out_from_the_json() -> None:
    content = json.loads(files_of(bundle(shipped().rule_set, [typed(shipped(), "samr-2025-1")]))["samr-2025-1.json"])
    canonical = json.dumps(content["content"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert content["digest"] == "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()


def test_the_same_rules_give_the_same_bytes() -> None:
    first, again = (bundle(loaded.rule_set, [typed(loaded, CITY)]) for loaded in (small(), small()))
    assert first == again


def test_every_shipped_list_can_be_taken_along() -> None:
    readers = EntryReaders(shipped().rule_set.catalogue)
    lists = [readers.listed(one) for one in list_sources(read_sources(shipped().files)).values()]
    assert len(lists) == len(shipped().rule_set.catalogue.exemption_lists)
    files = files_of(bundle(shipped().rule_set, lists))
    assert len(files) == 2 * len(lists) + 1
    for one in lists:
        content = json.loads(files[f"{one.value.code}.json"])
        assert len(content["entries"]) == len(one.entries)
        rows = [row for row in Table(files[f"{one.value.code}.html"].decode()).rows if row]
        assert len(rows) == len(one.entries)
