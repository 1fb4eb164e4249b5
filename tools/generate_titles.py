"""Make the client's Chinese titles of codes from the server's: the same words, and the client imports nothing of it."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from creditgate_server.decision.check.decision import OUTCOMES
from creditgate_server.decision.outcome.values import PENALTY_KINDS, REASONS, RESULTS
from creditgate_server.judging.kinds import TITLES
from creditgate_server.rulebook.titles import DUTIES, EXEMPTION_KINDS, KINDS, LENIENCIES

TARGET = Path(__file__).resolve().parent.parent / "client" / "creditgate" / "_titles.py"
HEADER = '''# Generated from the server's tables by tools/generate_titles.py. Do not edit.
"""Chinese titles of kinds, outcomes and duties, by code in small letters."""
'''
TABLES: Mapping[str, Mapping[Any, str]] = {
    "KINDS": TITLES,
    "OUTCOMES": OUTCOMES,
    "MEASURE_KINDS": KINDS,
    "DUTIES": DUTIES,
    "LENIENCIES": LENIENCIES,
    "EXEMPTION_KINDS": EXEMPTION_KINDS,
    "RESULTS": RESULTS,
    "REASONS": REASONS,
    "PENALTIES": PENALTY_KINDS,
}


def generated() -> str:
    """The module."""
    return HEADER + "".join(
        f"\n{name} = {{\n"
        + "".join(f'    "{str(code).lower()}": "{title}",\n' for code, title in table.items())
        + "}\n"
        for name, table in TABLES.items()
    )


if __name__ == "__main__":
    (Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET).write_text(generated(), "utf-8")
