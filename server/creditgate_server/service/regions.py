"""Divisions (行政区划, GB/T 2260) that a question names."""

from __future__ import annotations

import re

from ..decision.violation import NATION, divisions
from ..errors import InvalidQuestion
from ..rulebook.catalogue import Catalogue
from .fields import nearest

_REGION = re.compile(r"[0-9]{6}")


def region_asked(region: str, own_region: str, catalogue: Catalogue) -> str:
    """A division that the catalogue knows, or one of a province that it knows; the service's own where none is named.

    Of a city that it knows, only the counties and towns that it lists: a wrong number would be taken for one.
    Raises InvalidQuestion for the field `region`.
    """
    if not region:
        return own_region
    if not _REGION.fullmatch(region):
        raise InvalidQuestion("行政区划代码应为六位数字", "例如 441900", "region")
    known = catalogue.regions
    if known and not any(code in known for code in divisions(region) if code != NATION or region == NATION):
        raise InvalidQuestion(f"没有代码为 {region} 的行政区划", nearest(region, known) or "请查对代码", "region")
    city = f"{region[:4]}00"
    if city in known and region not in known:  # its lists are known, and none is of such a county or town
        meant = [f"{code}({known[code].title})" for code in sorted(known) if city in divisions(code)]
        raise InvalidQuestion(
            f"没有代码为 {region} 的县区或者镇街", f"请写所属的市或者已有的县区: {'、'.join(meant)}", "region"
        )
    return region
