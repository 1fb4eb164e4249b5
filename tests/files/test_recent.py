"""The least recently used goes first, and is given back."""

from __future__ import annotations

from creditgate_server.files.recent import Recent


def test_the_least_recently_used_goes_first() -> None:
    gone: list[int] = []
    recent: Recent[str, int] = Recent(2, gone.append)
    recent.put("a", 1)
    assert recent.made("b", lambda: 2) == 2
    assert recent.get("a") == 1
    recent.put("c", 3)
    assert gone == [2]
    assert ("a" in recent, "b" in recent) == (True, False)
    assert recent.made("a", lambda: 9) == 1
    recent.put("a", 4)
    assert gone == [2]
    recent.clear()
    assert gone == [2, 3, 4]
    assert recent.get("a") is None


def test_where_none_is_kept_a_value_comes_back_all_the_same() -> None:
    gone: list[int] = []
    recent: Recent[str, int] = Recent(0, gone.append)
    assert recent.made("a", lambda: 1) == 1
    assert (len(recent), gone) == (0, [1])
