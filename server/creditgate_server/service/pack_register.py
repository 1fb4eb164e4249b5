"""From the register of exemptions to the messages that show it, with the titles of one catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from creditgate.v1 import common_pb2, exemption_register_pb2

from ..exemptions.register.reading import GrantFigures
from ..exemptions.register.values import CorrectionReport, GrantStanding, RegisterGrant
from ..rulebook.catalogue import Catalogue
from .wire import Shape, Wire, numbers

_STANDINGS = numbers(GrantStanding, exemption_register_pb2.GrantStanding.DESCRIPTOR)


@dataclass(frozen=True)
class _Today:
    """The titles in force, and the legal day on which grants are looked at."""

    catalogue: Catalogue
    day: date

    def organ(self, code: str) -> common_pb2.Ref | None:
        return _ref(code, organ_title(code, self.catalogue))

    def entry(self, code: str) -> common_pb2.Ref | None:
        known = self.catalogue.exemptions.get(code)
        return _ref(code, known.title if known else "")

    def list(self, code: str) -> common_pb2.Ref | None:
        known = self.catalogue.exemption_lists.get(code)
        return _ref(code, known.title if known else "")


def _ref(code: str, title: str) -> common_pb2.Ref | None:
    return common_pb2.Ref(code=code, title=title) if code else None


SHAPES = (
    Shape(
        RegisterGrant,
        exemption_register_pb2.ExemptionGrant,
        within=("grant",),
        named={"grant_id": "id", "identifier": "grant.subject"},
        made={
            "exemption": lambda granted, today: today.entry(granted.grant.exemption),
            "exemption_list": lambda granted, today: today.list(granted.grant.list),
            "standing": lambda granted, today: _STANDINGS[granted.standing(today.day)],
            "report_count": lambda granted, _: len(granted.reports),
        },
    ),
    Shape(
        GrantFigures,
        exemption_register_pb2.ExemptionFigures,
        made={
            "organ": lambda figures, today: today.organ(figures.organ),
            "exemption": lambda figures, today: today.entry(figures.exemption),
        },
    ),
)
WIRE = Wire(SHAPES)


def pack_grant(granted: RegisterGrant, catalogue: Catalogue, today: date) -> exemption_register_pb2.ExemptionGrant:
    """A grant as it stands today."""
    return WIRE.pack(exemption_register_pb2.ExemptionGrant, granted, _Today(catalogue, today))


def pack_report(report: CorrectionReport) -> exemption_register_pb2.CorrectionReport:
    """A report on a grant."""
    return WIRE.pack(exemption_register_pb2.CorrectionReport, report)


def pack_figures(figures: GrantFigures, catalogue: Catalogue) -> exemption_register_pb2.ExemptionFigures:
    """Figures with the titles of what they are broken down by."""
    return WIRE.pack(exemption_register_pb2.ExemptionFigures, figures, _Today(catalogue, date.max))


def organ_title(organ: str, catalogue: Catalogue) -> str:
    """Name of an organ; empty where the catalogue has none."""
    return catalogue.organs[organ].title if organ in catalogue.organs else ""
