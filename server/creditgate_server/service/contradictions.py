"""Facts and days of a case of which not both can be so. The one place that knows which."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ..errors import InvalidQuestion
from ..rulebook.language import DISCOVERED_ON, Value

CORRECTED_ON, CORRECTED = "corrected_on", "corrected"
DEADLINE_ON, DEADLINE_SET = "deadline_on", "deadline_set"
Known = Mapping[str, Value]
"""Facts and days by name, days as text."""


class _Said(NamedTuple):
    """A fact that is given with a value."""

    name: str
    value: Value
    words: str

    def so(self, known: Known) -> bool:
        return known.get(self.name) == self.value


class _Day(NamedTuple):
    """A day that is given; after another, where one is named."""

    name: str
    words: str
    after: str = ""

    def so(self, known: Known) -> bool:
        day, before = known.get(self.name), known.get(self.after)
        return day is not None and (not self.after or (before is not None and str(day) > str(before)))


_NOT_CORRECTED = _Said(CORRECTED, 0, "事实 corrected(已经改正)为 false")
_TIMELY = _Said("corrected_timely", 1, "事实 corrected_timely(没有责令期限, 认定为及时改正)为 true")
_ON_THE_SPOT = _Said("corrected_on_the_spot", 1, "事实 corrected_on_the_spot(当场改正)为 true")
_BEFORE_ORDER = _Said("corrected_before_order", 1, "事实 corrected_before_order(在被责令改正以前改正)为 true")
_NO_FAULT = _Said("no_fault", "proven", "事实 no_fault(没有主观过错)为 proven")

_CONTRADICTIONS: tuple[tuple[_Said, _Said | _Day], ...] = (
    (_NOT_CORRECTED, _Day(CORRECTED_ON, "给出了 corrected_on(改正之日)")),
    (
        _Said(DEADLINE_SET, 0, "事实 deadline_set(已责令限期改正)为 false"),
        _Day(DEADLINE_ON, "给出了 deadline_on(责令改正期限)"),
    ),
    (_NOT_CORRECTED, _TIMELY),
    (_NOT_CORRECTED, _ON_THE_SPOT),
    (_NOT_CORRECTED, _BEFORE_ORDER),
    (_Said(DEADLINE_SET, 1, "已责令限期改正"), _TIMELY),
    (_ON_THE_SPOT, _Day(CORRECTED_ON, "corrected_on(改正之日)晚于 discovered_on(发现之日)", after=DISCOVERED_ON)),
    (_BEFORE_ORDER, _Day(CORRECTED_ON, "corrected_on(改正之日)晚于 deadline_on(责令改正期限)", after=DEADLINE_ON)),
    (
        _Said("grave_harm", 1, "事实 grave_harm(涉及生命健康安全、金融安全且有危害后果)为 true"),
        _Said("consequences", "none", "事实 consequences(危害后果)为 none"),
    ),
    (_Said("wilful", 1, "事实 wilful(故意违法)为 true"), _NO_FAULT),
    (_Said("malicious", 1, "事实 malicious(恶意违法)为 true"), _NO_FAULT),
    (
        _Said("obstructed", 1, "事实 obstructed(拒不接受调查处理、阻碍执法)为 true"),
        _Said("cooperative", 1, "事实 cooperative(积极配合调查)为 true"),
    ),
)
"""Pairs of which not both can be so; the second is what the refusal points at."""

FLAG_OF = {CORRECTED_ON: CORRECTED, DEADLINE_ON: DEADLINE_SET}
"""The flag that a day settles: it has come, or is set."""


def require_consistent(known: Known, place: Callable[[str], str]) -> None:
    """Refuse the first contradiction. `place`: the field in which a fact or day was given."""
    settled = {**{flag: 1 for day, flag in FLAG_OF.items() if day in known}, **known}
    for one, other in _CONTRADICTIONS:
        if one.so(settled) and other.so(settled):
            raise InvalidQuestion(
                f"{other.words}, {one.words}: 互相矛盾",
                f"查对 {one.name} 和 {other.name}, 二者只留一个",
                place(other.name),
            )
