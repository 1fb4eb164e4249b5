"""Identifiers of the subjects of tests: made up, with good check digits."""

from __future__ import annotations

from ...codes import USCC_ALPHABET, uscc_check_character

PERSON = "person"
_PREFIXES = {
    "enterprise": "91",
    "sole_trader": "92",
    "cooperative": "93",
    "institution": "11",
    "social_organisation": "51",
    "other": "N2",
}
_DONGGUAN = "441900"


def identifier_of(kind: str, number: int) -> str:
    """The identifier of the subject at a position, from 0, of a kind. Different positions differ."""
    if kind == PERSON:
        return f"p:{number:064x}"
    high, low = divmod(number, len(USCC_ALPHABET))
    first17 = f"{_PREFIXES[kind]}{_DONGGUAN}MA00000{USCC_ALPHABET[high]}{USCC_ALPHABET[low]}"
    return first17 + uscc_check_character(first17)
