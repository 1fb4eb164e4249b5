"""Divisions (行政区划, GB/T 2260) that a question names."""

from __future__ import annotations

import re

from ..decision.violation import NATION, divisions
from ..errors import InvalidQuestion
from ..rulebook.catalogue import Catalogue
from .fields import nearest

_REGION = re.compile(r"[0-9]{6}")


def region_asked(region: str, own_region: str, catalogue: Catalogue) -> str:
    """A division that the catalogue knows, itself or one above it; the service's own where none is named.

    Raises InvalidQuestion for the field `region`.
    """
    if not region:
        return own_region
    if not _REGION.fullmatch(region):
        raise InvalidQuestion("行政区划代码应为六位数字", "例如 441900", "region")
    known = catalogue.regions
    if known and not any(code in known for code in divisions(region) if code != NATION or region == NATION):
        raise InvalidQuestion(f"没有代码为 {region} 的行政区划", nearest(region, known) or "请查对代码", "region")
    return region
