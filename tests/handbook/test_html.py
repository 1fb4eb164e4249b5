"""Escaping is the default, in texts and in attributes."""

from __future__ import annotations

import pytest

from creditgate_server.rulebook.handbook.html import html, joined, tag, verbatim


def test_plain_text_is_escaped_and_html_is_not_escaped_twice():
    inner = tag("b", '1 < 2 & "3"')
    assert inner == "<b>1 &lt; 2 &amp; &quot;3&quot;</b>"
    assert html("<", inner) == f"&lt;{inner}"
    assert joined(["<", inner], " & ") == f"&lt; &amp; {inner}"


def test_attributes_are_escaped_and_named():
    assert tag("p", "x", data_words="\"><script>'", class_="a", id=None) == (
        '<p data-words="&quot;&gt;&lt;script&gt;&#x27;" class="a">x</p>'
    )
    assert tag("input", type="search") == '<input type="search">'


def test_a_script_that_would_end_its_element_is_refused():
    assert verbatim("a < b") == "a < b"
    with pytest.raises(ValueError, match="</"):
        verbatim('document.write("</script>")')
