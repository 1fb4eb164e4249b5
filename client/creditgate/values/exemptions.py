"""Exemption lists (免罚清单) and the register of exemptions granted (首违台账): what is asked and registered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from creditgate.v1 import exemption_register_pb2, exemptions_pb2

from .._contract import ExemptionKind
from ..wire import pack
from .common import Subject


@dataclass(frozen=True, slots=True)
class ExemptionSearch:
    """What to look for, 1 to 200 characters, and what an entry must be. Every filter only takes away."""

    query: str
    organ: str = ""
    region: str = ""
    """Division, six digits. Empty: the service's own; where a list is named, anywhere."""
    kinds: tuple[ExemptionKind, ...] = ()
    exemption_list: str = ""
    as_of: date | str | None = None
    """Day on which it must be in force, which may be to come; None: today."""
    include_not_in_force: bool = False
    """Show also what is not, after all that is."""
    page_size: int = 0
    """0: 20; more than 100: 100."""
    page_token: str = ""
    """The `next_page_token` of the page before."""

    def to_proto(self) -> exemptions_pb2.SearchExemptionsRequest:
        """The request. Raises InvalidQuestion for what no message can hold."""
        return pack(exemptions_pb2.SearchExemptionsRequest, self)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGrant:
    """An exemption to be registered. Organ, subject, entry and list are those of the receipt."""

    receipt_id: str
    """Receipt of the leniency answer; it also names the grant."""
    document_number: str = ""
    """Of the decision; empty: one is made from the receipt."""
    decided_on: date | str | None = None
    """None: the legal day of the leniency answer."""
    due_on: date | str | None = None
    """Last day for the correction, inclusive; None: corrected already."""
    promise_made: bool | None = None
    """Whether a promise letter was given; it must be said where there is a `due_on`."""
    fine_forgone_fen: int | None = None
    """What the fine would have been at least; it must be said, 0 where the law sets none."""
    note: str = ""

    def to_proto(self, *, validate_only: bool = False) -> exemption_register_pb2.GrantExemptionRequest:
        """The request. Raises InvalidQuestion for what no message can hold."""
        return pack(exemption_register_pb2.GrantExemptionRequest, self, validate_only=validate_only)


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantFilters:
    """Which grants are meant: all that is set must fit."""

    organ: str = ""
    """Empty: every organ that the caller may ask for."""
    exemption: str = ""
    exemption_list: str = ""
    subject: Subject | None = None
    from_on: date | str | None = None
    """First day of the decision, inclusive."""
    until_on: date | str | None = None
    """Last day of the decision, inclusive."""
    only_open: bool = False
    """Not taken back, with a term, and no correction reported."""
    overdue_on: date | str | None = None
    """Not taken back; on this day past the term and not corrected, as far as is reported now."""
    page_size: int = 0
    """0: 50; more than 200: 200."""
    page_token: str = ""

    def to_proto(self) -> exemption_register_pb2.ListGrantsRequest:
        """The request. Raises InvalidQuestion for what no message can hold."""
        return pack(exemption_register_pb2.ListGrantsRequest, self)
