"""The columns of a list's sheet: the official ones, and beside them what the rule file holds besides.

Cells and fields of the rule file have one form for each, both ways.

The coded columns stand to the right on the same sheet, outside the printed area: so a row that is sorted, inserted or
deleted takes its codes along.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto

from ...rulebook.catalogue import Element, ExemptionKind
from ...rulebook.language import Place
from ...rulebook.source import Faults, Mapping, Node, Scalar, Sequence, parse
from ...rulebook.tables_cells import fields
from ...rulebook.titles import ELEMENTS, EXEMPTION_KINDS
from .nodes import flow, moved, text_of, value_of


class Form(Enum):
    """How a cell writes its field."""

    DERIVED = auto()
    """In words what coded columns say; of no field."""
    TEXT = auto()
    CODE = auto()
    CODES = auto()
    """`a; b`; 无 for none at all."""
    WORDS = auto()
    """`甲; 乙`."""
    KIND = auto()
    """首违不罚, 轻微不罚, 免予罚款, 从轻减轻."""
    ELEMENTS = auto()
    """`初次违法; 及时改正`; 无 for none at all."""
    CITATIONS = auto()
    """`instrument 第三条; instrument`."""
    DAY = auto()
    FLAG = auto()
    """是 or 否."""
    YAML = auto()
    """One structure of the rule language: `{months: 24}`."""
    YAML_LIST = auto()
    """Several: `[{…}, {…}]`."""


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column of a sheet."""

    header: str
    form: Form
    of: str = ""
    """What has the field: list, entry or version."""
    field: str = ""
    """Name of the field in the rule file; `from` and `until` are those of `effective`."""
    needed: bool = False
    """No cell may be empty."""
    width: int = 16
    """Of Latin letters."""
    meaning: str = ""
    """For the guide, in Chinese."""


NUMBER, TITLE, BASIC_CODE = "序号", "事项名称", "基本编码"
PENALTY_BASIS, CIRCUMSTANCES, BASIS, MEASURES, REMARK = "设定依据", "适用情形", "免处罚依据", "配套监管措施", "备注"
RANGE = "裁量幅度"
"""A column that lists of lighter penalties have besides, where they say how much lighter; in rule files a remark."""

_OFFICIAL = (
    SheetColumn(NUMBER, Form.DERIVED, width=6, meaning="只供阅读, 导入时不看"),
    SheetColumn(TITLE, Form.TEXT, "entry", "title", True, 28),
    SheetColumn(
        BASIC_CODE,
        Form.CODE,
        "entry",
        "basic_code",
        width=15,
        meaning="十二位, 第九位可以是大写字母, 其余是数字; 没有的空着",
    ),
    SheetColumn(
        PENALTY_BASIS, Form.DERIVED, width=28, meaning="应当处罚的依据; 由“设定依据代码”得出, 不一致时以代码为准"
    ),
    SheetColumn(
        CIRCUMSTANCES, Form.TEXT, "version", "circumstances", width=36, meaning="清单的原话或大意; 判断按“条件”进行"
    ),
    SheetColumn(BASIS, Form.DERIVED, width=28, meaning="由“免处罚依据代码”加清单本身得出, 不一致时以代码为准"),
    SheetColumn(MEASURES, Form.DERIVED, width=18, meaning="由“措施代码”得出, 不一致时以代码为准"),
    SheetColumn(REMARK, Form.TEXT, "version", "remark", width=20),
)
OFFICIAL = tuple(column.header for column in _OFFICIAL)
"""Source: 广东省行政执法减免责清单 (粤府办〔2022〕7号), the columns of the exemption list."""
_RANGE = SheetColumn(RANGE, Form.DERIVED, width=16, meaning="只有从轻、减轻的清单才有; 在规则文件里写进备注")

_VERIFIED = "由核实登记得出; 把“是”改成“否”即撤回核实, “否”不能在这里改成“是”; 空着为不变"
_CODED = (
    SheetColumn(
        "事项代码", Form.CODE, "entry", "code", True, 12, "小写字母、数字和连字符; 同一违法行为在各份清单里用同一个"
    ),
    SheetColumn("部门代码", Form.CODE, "entry", "organ", True, 18, "见下面的部门"),
    SheetColumn("类别", Form.KIND, "version", "kind", True, 12, "首违不罚、轻微不罚、免予罚款、从轻减轻"),
    SheetColumn("常用说法", Form.WORDS, "entry", "keywords", width=28, meaning="查找时的日常说法, 用分号隔开"),
    SheetColumn(
        "设定依据代码", Form.CITATIONS, "entry", "penalty_basis", width=34, meaning="依据代码 空格 条款, 用分号隔开"
    ),
    SheetColumn(
        "条件", Form.YAML_LIST, "version", "when", width=46, meaning="规则语言写的条件, 全部成立才适用; 空着为没有"
    ),
    SheetColumn("要件", Form.ELEMENTS, "version", "requires", width=20, meaning="空着为同清单; 写“无”为都不要求"),
    SheetColumn(
        "初次违法",
        Form.YAML,
        "version",
        "first",
        width=28,
        meaning="空着为同清单; 例如 {months: 24}、{days: 180}、{calendar_year: true}",
    ),
    SheetColumn(
        "及时改正", Form.YAML, "version", "corrected", width=34, meaning="空着为同清单; 例如 {on_the_spot: true}"
    ),
    SheetColumn(
        "不适用情形", Form.YAML_LIST, "version", "unless", width=46, meaning="清单的不适用情形以外, 本事项另有的"
    ),
    SheetColumn(
        "措施代码", Form.CODES, "version", "measures", width=24, meaning="空着为同清单; 写“无”为没有; 见下面的措施"
    ),
    SheetColumn("免处罚依据代码", Form.CITATIONS, "version", "basis", width=34, meaning="清单本身不用写"),
    SheetColumn("起", Form.DAY, "version", "from", width=12, meaning="空着为同清单; 年-月-日, 含当天"),
    SheetColumn("止", Form.DAY, "version", "until", width=12, meaning="空着为没有止日; 含当天; 写了止日也要写起日"),
    SheetColumn("已核实", Form.FLAG, "version", "verified", width=8, meaning=_VERIFIED),
)
CODED = tuple(column.header for column in _CODED)


def entry_columns(*, ranged: bool) -> tuple[SheetColumn, ...]:
    """The columns of a list's sheet, with the one for 裁量幅度 or without."""
    return (*_OFFICIAL, _RANGE, *_CODED) if ranged else (*_OFFICIAL, *_CODED)


def official_columns(*, ranged: bool) -> tuple[SheetColumn, ...]:
    """The official columns alone."""
    return (*_OFFICIAL, _RANGE) if ranged else _OFFICIAL


LIST_COLUMNS = (
    SheetColumn("清单代码", Form.CODE, "list", "code", True, 22, "也是工作表的名称"),
    SheetColumn("清单名称", Form.TEXT, "list", "title", True, 36),
    SheetColumn("版本", Form.TEXT, "list", "version", width=12),
    SheetColumn("地域代码", Form.CODE, "list", "region", True, 10, "六位行政区划代码"),
    SheetColumn("部门代码", Form.CODE, "list", "organ", True, 18),
    SheetColumn("文件代码", Form.CODE, "list", "instrument", True, 22, "印发清单的文件, 在规则库依据里的代码"),
    SheetColumn("起", Form.DAY, "list", "from", True, 12),
    SheetColumn("止", Form.DAY, "list", "until", width=12),
    SheetColumn("要件", Form.ELEMENTS, "list", "requires", width=20, meaning="各事项都要求的"),
    SheetColumn("初次违法", Form.YAML, "list", "first", width=28, meaning="清单所说的初次违法"),
    SheetColumn("及时改正", Form.YAML, "list", "corrected", width=40, meaning="清单所说的及时改正, 任一种即可"),
    SheetColumn("措施代码", Form.CODES, "list", "measures", width=24),
    SheetColumn("复查", Form.YAML, "list", "recheck", width=20, meaning="改正期满后多久复查, 例如 {working_days: 10}"),
    SheetColumn("不适用情形", Form.YAML_LIST, "list", "unless", width=60, meaning="各事项都不适用的情形"),
    SheetColumn("备注", Form.TEXT, "list", "remark", width=40),
    SheetColumn("已核实", Form.FLAG, "list", "verified", width=8, meaning=_VERIFIED),
    SheetColumn("导出时的摘要", Form.DERIVED, width=20, meaning="只供对照, 不要改"),
)
DIGEST = LIST_COLUMNS[-1].header
DEFINITIONS, GUIDE = "清单", "填表说明"
"""Names of the sheets with the lists' own definitions, and with how to fill in."""


NONE = "无"
"""A list that is none at all, where an empty cell means the list's own."""
_FLAGS = {"是": "true", "否": "false", "true": "true", "false": "false"}
_KINDS = {EXEMPTION_KINDS[kind]: kind.value for kind in ExemptionKind}
_ELEMENTS = {ELEMENTS[element]: element.value for element in Element}
_SEPARATORS = re.compile(r"[;；\n]")
_CODE_SEPARATORS = re.compile(r"[;；,，、\s]+")
_STRUCTURE = ("[", "{")


def written(form: Form, node: Node) -> str:
    """A field as its cell has it."""
    if form is Form.YAML_LIST and isinstance(node, Sequence):
        return f"[{(',' + chr(10) + ' ').join(flow(part) for part in node.parts)}]"
    if isinstance(node, Sequence):
        return _list_text(form, node)
    if not isinstance(node, Scalar) or form is Form.YAML:
        return flow(node)
    if form is Form.FLAG:
        return "是" if node.text == "true" else "否"
    if form is Form.KIND:
        return _title(_KINDS, node.text)
    return node.text.strip()


def _list_text(form: Form, node: Sequence) -> str:
    if not node.parts:
        return NONE
    texts = [part.text if isinstance(part, Scalar) else _citation_text(part) for part in node.parts]
    if any(value_of(part, "missing") is not None for part in node.parts):
        return flow(node)
    bare = [text.strip() for text in texts]  # as a cell is read
    if bare == [NONE] or any(_SEPARATORS.search(text) or text.startswith(_STRUCTURE) for text in bare):
        return flow(node)  # what separates or means something itself can't stand between separators
    if form is Form.ELEMENTS:
        texts = [_title(_ELEMENTS, text) for text in texts]
    return "; ".join(texts)


def _citation_text(node: Node) -> str:
    return f"{text_of(node, 'instrument')} {text_of(node, 'article')}".strip()


def _title(codes: dict[str, str], code: str) -> str:
    return next((title for title, known in codes.items() if known == code), code)


def read(form: Form, text: str, place: Place, faults: Faults) -> Node:
    """The field that a cell writes, all of it standing at the cell. Raises `Unreadable`."""
    if form in (Form.YAML, Form.YAML_LIST) or (form in _LISTS and text.startswith(_STRUCTURE)):
        return _yaml(form, text, place, faults)
    if form in _LISTS:
        return Sequence(() if text == NONE else tuple(_LISTS[form](text, place, faults)), place)
    if form is Form.FLAG:
        return Scalar(_known(_FLAGS, text, ("是", "否"), place, faults), False, place)
    if form is Form.KIND:
        return Scalar(_known(_KINDS, text, tuple(_KINDS), place, faults), False, place)
    return Scalar(text, form is not Form.DAY, place)


def _yaml(form: Form, text: str, place: Place, faults: Faults) -> Node:
    own = Faults()
    root = parse(place.file, f"v: {' '.join(text.split(chr(10)))}\n".encode(), own)
    if root is None or list(root.pairs) != ["v"]:
        for fault in own.found[:1]:
            faults.refuse(place, fault.message, fault.hint)
        faults.refuse(place, "看不懂这一格", "写成 {…} 或 [{…}, {…}]")
    node = moved(root.pairs["v"].value, place)
    return Sequence((node,), place) if form is Form.YAML_LIST and isinstance(node, Mapping) else node


def _codes(text: str, place: Place, _faults: Faults) -> Iterator[Node]:
    yield from (Scalar(part, False, place) for part in _CODE_SEPARATORS.split(text) if part)


def _words(text: str, place: Place, _faults: Faults) -> Iterator[Node]:
    yield from (Scalar(part.strip(), True, place) for part in _SEPARATORS.split(text) if part.strip())


def _elements(text: str, place: Place, faults: Faults) -> Iterator[Node]:
    for part in filter(None, _CODE_SEPARATORS.split(text)):
        yield Scalar(_known(_ELEMENTS, part, tuple(_ELEMENTS), place, faults), False, place)


def _citations(text: str, place: Place, _faults: Faults) -> Iterator[Node]:
    for part in _SEPARATORS.split(text):
        code, _, article = part.strip().partition(" ")
        if code:
            pairs: dict[str, Node] = {"instrument": Scalar(code, False, place)}
            if article.strip():
                pairs["article"] = Scalar(article.strip(), True, place)
            yield fields(place, pairs)


_LISTS: dict[Form, Callable[[str, Place, Faults], Iterator[Node]]] = {
    Form.CODES: _codes,
    Form.WORDS: _words,
    Form.ELEMENTS: _elements,
    Form.CITATIONS: _citations,
}


def _known(codes: dict[str, str], text: str, shown: tuple[str, ...], place: Place, faults: Faults) -> str:
    """The code for a word; codes themselves will do. Raises `Unreadable`."""
    if text in codes:
        return codes[text]
    if text not in codes.values():
        faults.refuse(place, f"不认识“{text[:40]}”", f"可用的有: {'、'.join(shown)}")
    return text
