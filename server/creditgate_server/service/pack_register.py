"""From the register of exemptions to the messages that show it, with the titles of one catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from creditgate.v1 import exemption_register_pb2

from ..exemptions.register.reading import GrantFigures
from ..exemptions.register.values import GrantStanding, RegisterGrant
from ..rulebook.catalogue import Catalogue
from .wire import Shape, Wire, numbers

_STANDINGS = numbers(GrantStanding, exemption_register_pb2.GrantStanding.DESCRIPTOR)


@dataclass(frozen=True)
class _Today:
    """The titles in force, and the legal day on which grants are looked at."""

    catalogue: Catalogue
    day: date

    def organ(self, code: str) -> str:
        return organ_title(code, self.catalogue)

    def entry(self, code: str) -> str:
        return self.catalogue.exemptions[code].title if code in self.catalogue.exemptions else ""

    def list(self, code: str) -> str:
        return self.catalogue.exemption_lists[code].title if code in self.catalogue.exemption_lists else ""


SHAPES = (
    Shape(
        RegisterGrant,
        exemption_register_pb2.ExemptionGrant,
        within=("grant", "withdrawal"),
        named={"withdrawal_reason": "withdrawal.reason"},
        made={
            "exemption_title": lambda granted, today: today.entry(granted.grant.exemption),
            "list_title": lambda granted, today: today.list(granted.grant.list),
            "standing": lambda granted, today: _STANDINGS[granted.standing(today.day)],
        },
    ),
    Shape(
        GrantFigures,
        exemption_register_pb2.ExemptionFigures,
        made={
            "organ_title": lambda figures, today: today.organ(figures.organ),
            "exemption_title": lambda figures, today: today.entry(figures.exemption),
        },
    ),
)
WIRE = Wire(SHAPES)


def pack_grant(granted: RegisterGrant, catalogue: Catalogue, today: date) -> exemption_register_pb2.ExemptionGrant:
    """A grant as it stands today."""
    return WIRE.pack(exemption_register_pb2.ExemptionGrant, granted, _Today(catalogue, today))


def pack_figures(figures: GrantFigures, catalogue: Catalogue) -> exemption_register_pb2.ExemptionFigures:
    """Figures with the titles of what they are broken down by."""
    return WIRE.pack(exemption_register_pb2.ExemptionFigures, figures, _Today(catalogue, date.max))


def organ_title(organ: str, catalogue: Catalogue) -> str:
    """Name of an organ; empty where the catalogue has none."""
    return catalogue.organs[organ].title if organ in catalogue.organs else ""
