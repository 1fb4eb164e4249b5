"""RFC 8785: the published vectors, and that receipts are written the same way by the faster encoder."""

from __future__ import annotations

import json
import struct
from datetime import date
from enum import StrEnum
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditgate_server.canonical import canonical_json
from creditgate_server.decision.parts import canonical

# The test data of the RFC's authors: name, input, output.
PUBLISHED = [
    ("arrays", '[ 56, {"d": true, "10": null, "1": [ ]} ]', '[56,{"1":[],"10":null,"d":true}]'),
    (
        "french",
        '{"peach": "This sorting order", "p\u00e9ch\u00e9": "is wrong according to French",'
        ' "p\u00eache": "but canonicalization MUST", "sin": "ingnore locale"}',
        '{"peach":"This sorting order","p\u00e9ch\u00e9":"is wrong according to French",'
        '"p\u00eache":"but canonicalization MUST","sin":"ingnore locale"}',
    ),
    (
        "structures",
        '{"1": {"f": {"f": "hi","F": 5}, "\\n": 56.0}, "10": { }, "": "empty", "a": { }, "111": [ { } ], "A": { }}',
        '{"":"empty","1":{"\\n":56,"f":{"F":5,"f":"hi"}},"10":{},"111":[{}],"A":{},"a":{}}',
    ),
    ("unicode", '{"Unnormalized Unicode":"A\\u030a"}', '{"Unnormalized Unicode":"A\u030a"}'),
    (
        "values",
        '{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],'
        ' "string": "\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/", "literals": [null, true, false]}',
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    ),
    (
        "weird",
        '{"\\u20ac": "Euro Sign", "\\r": "Carriage Return", "\\u000a": "Newline", "1": "One",'
        ' "\\u0080": "Control\\u007f", "\\ud83d\\ude02": "Smiley", "\\u00f6": "Latin Small Letter O With Diaeresis",'
        ' "\\ufb33": "Hebrew Letter Dalet With Dagesh", "</script>": "Browser Challenge"}',
        '{"\\n":"Newline","\\r":"Carriage Return","1":"One","</script>":"Browser Challenge","\x80":"Control\x7f",'
        '"\u00f6":"Latin Small Letter O With Diaeresis","\u20ac":"Euro Sign","\U0001f602":"Smiley",'
        '"\ufb33":"Hebrew Letter Dalet With Dagesh"}',
    ),
]

# RFC 8785, appendix B: the bits of a double and its text.
NUMBERS = [
    ("0000000000000000", "0"),
    ("8000000000000000", "0"),
    ("0000000000000001", "5e-324"),
    ("8000000000000001", "-5e-324"),
    ("7fefffffffffffff", "1.7976931348623157e+308"),
    ("ffefffffffffffff", "-1.7976931348623157e+308"),
    ("4340000000000000", "9007199254740992"),
    ("c340000000000000", "-9007199254740992"),
    ("4430000000000000", "295147905179352830000"),
    ("44b52d02c7e14af5", "9.999999999999997e+22"),
    ("44b52d02c7e14af6", "1e+23"),
    ("44b52d02c7e14af7", "1.0000000000000001e+23"),
    ("444b1ae4d6e2ef4e", "999999999999999700000"),
    ("444b1ae4d6e2ef4f", "999999999999999900000"),
    ("444b1ae4d6e2ef50", "1e+21"),
    ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"),
    ("3eb0c6f7a0b5ed8d", "0.000001"),
    ("41b3de4355555553", "333333333.3333332"),
    ("41b3de4355555554", "333333333.33333325"),
    ("41b3de4355555555", "333333333.3333333"),
    ("41b3de4355555556", "333333333.3333334"),
    ("41b3de4355555557", "333333333.33333343"),
    ("becbf647612f3696", "-0.0000033333333333333333"),
    ("43143ff3c1cb0959", "1424953923781206.2"),
    ("4340000000000001", "9007199254740994"),
    ("4340000000000002", "9007199254740996"),
]


@pytest.mark.parametrize(("given_text", "expected"), [case[1:] for case in PUBLISHED], ids=[c[0] for c in PUBLISHED])
def test_the_published_documents(given_text: str, expected: str) -> None:
    assert canonical_json(json.loads(given_text)) == expected.encode()


@pytest.mark.parametrize(("bits", "expected"), NUMBERS)
def test_the_published_numbers(bits: str, expected: str) -> None:
    number = struct.unpack(">d", bytes.fromhex(bits))[0]
    assert canonical_json(number) == expected.encode()


@pytest.mark.parametrize("bits", ["7fffffffffffffff", "7ff0000000000000"])
def test_nan_and_infinity_have_no_text(bits: str) -> None:
    with pytest.raises(ValueError, match="not representable"):
        canonical_json(struct.unpack(">d", bytes.fromhex(bits))[0])


@pytest.mark.parametrize("value", [2**53, -(2**53), "\ud800"])
def test_what_others_could_read_differently_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"safe integer|UTF-8"):
        canonical_json(value)


class Colour(StrEnum):
    RED = "red"


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Of the kinds of fields that questions and decisions have."""

    zeta: str
    number: int
    day: date | None
    colour: Colour
    known: bool
    alpha: tuple[str, ...]
    facts: dict[str, str | int | bool | date | None]
    inner: tuple[Part, ...] = ()


names = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E))
whole = st.integers(-(2**53) + 1, 2**53 - 1)
texts = st.text(st.characters(exclude_categories=["Cs"]))
days = st.dates()
facts = st.dictionaries(names, texts | whole | st.booleans() | days | st.none(), max_size=5)


def parts(inner: st.SearchStrategy[tuple[Part, ...]]) -> st.SearchStrategy[Part]:
    return st.builds(
        Part,
        zeta=texts,
        number=whole,
        day=days | st.none(),
        colour=st.just(Colour.RED),
        known=st.booleans(),
        alpha=st.lists(texts, max_size=3).map(tuple),
        facts=facts,
        inner=inner,
    )


@given(parts(st.lists(parts(st.just(())), max_size=2).map(tuple)))
def test_a_receipts_contents_are_written_as_the_rfc_says(part: Part) -> None:
    assert canonical(part) == canonical_json(json.loads(msgspec.json.encode(part)))
