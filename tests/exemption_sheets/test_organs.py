"""Lists of other places name the kind of organ that enforces them, not the organ of the registry's own city."""

from __future__ import annotations

import pytest

from creditgate_server.exemptions.sheets.typed import facts_of_list
from creditgate_server.rulebook.load import read_directory

from .kit import RULES


@pytest.mark.parametrize(
    ("code", "organ"),
    [
        ("dongguan-market-2020", "东莞市市场监督管理局"),
        ("tj-labour-2021", "人力资源和社会保障部门"),
        ("samr-2025-1", "市场监督管理部门"),
    ],
)
def test_a_list_names_the_organ_of_its_place(code: str, organ: str) -> None:
    catalogue = read_directory(RULES).rule_set.catalogue
    assert dict(facts_of_list(catalogue, catalogue.exemption_lists[code]))["部门"] == organ
