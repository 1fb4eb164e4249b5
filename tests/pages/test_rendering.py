"""Escaping is the default, what is not told is a fault, and a page's policy names what the page holds."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html import unescape

import pytest
from jinja2 import UndefinedError

from creditgate_server.pages.rendering import policy, rendered

SLY = "\"><script>'&"


def sheet(**values: object) -> str:
    told = {"title": SLY, "facts": (("甲", SLY),), "columns": (), "rows": (), "notes": (("乙", SLY),), "digest": ""}
    return rendered("sheet.html.j2", **told | values)


def test_what_a_page_is_told_is_text() -> None:
    text = sheet()
    assert "<script" not in text
    assert unescape(text).count(SLY) == 4


def test_what_is_not_told_is_a_fault() -> None:
    with pytest.raises(UndefinedError, match="is undefined"):
        rendered("sheet.html.j2")


def test_a_page_carries_the_policy_of_its_own_style_sheet() -> None:
    text = sheet()
    (style,) = re.findall("<style>(.*?)</style>", text, re.DOTALL)
    (told,) = re.findall('http-equiv="Content-Security-Policy" content="(.*?)"', text)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert unescape(told) == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_a_script_that_would_end_its_element_is_refused() -> None:
    assert "script-src 'sha256-" in policy("", "a < b")
    with pytest.raises(ValueError, match="</"):
        policy("", 'document.write("</script>")')
