"""The schemas that editors complete from: they take the library as it is, and mark what the reader would refuse."""

from __future__ import annotations

import copy
import json
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from typer.testing import CliRunner

from creditgate_server.cli.rules import app
from tests.shared import LOADER

RULES = Path(__file__).resolve().parents[2] / "rules"
BOOKS = sorted(
    file for file in RULES.rglob("*.yaml") if not {"schema", "tests"}.intersection(file.relative_to(RULES).parts)
)


class _Plain(LOADER):
    """Days stay text, as the rule reader takes them."""


_Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def content(file: Path) -> Any:
    return yaml.load(file.read_text("utf-8"), _Plain)


def validator(file: Path) -> jsonschema.Draft202012Validator:
    """The schema that a file's own line names."""
    line = next(line for line in file.read_text("utf-8").splitlines() if "yaml-language-server" in line)
    return checked((file.parent / line.partition("$schema=")[2]).resolve())


@cache
def checked(schema: Path) -> jsonschema.Draft202012Validator:
    """By a schema that is one; to find that out takes a second and a half."""
    content = json.loads(schema.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(content)
    return jsonschema.Draft202012Validator(content)


@pytest.mark.parametrize("file", BOOKS, ids=lambda file: file.stem)
def test_every_file_names_a_schema_and_keeps_to_it(file: Path):
    assert [error.message for error in validator(file).iter_errors(content(file))] == []


def test_the_schemas_are_the_languages_own():
    result = CliRunner().invoke(app, ["schema", str(RULES), "--check"])
    assert result.exit_code == 0, result.output


def test_a_changed_library_has_stale_schemas_until_they_are_written(tmp_path: Path):
    rules = Path(shutil.copytree(RULES, tmp_path / "rules"))
    organs = rules / "catalogue" / "organs.yaml"
    organs.write_text(organs.read_text("utf-8") + "  - {code: new-organ, title: 新设部门}\n", "utf-8")
    stale = CliRunner().invoke(app, ["schema", str(rules), "--check"])
    assert stale.exit_code == 1
    assert "catalogue.json" in stale.output
    CliRunner().invoke(app, ["schema", str(rules)])
    assert CliRunner().invoke(app, ["schema", str(rules), "--check"]).exit_code == 0
    assert "new-organ" in (rules / "schema" / "catalogue.json").read_text("utf-8")


LEVEL = RULES / "books" / "grade.yaml"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("titel", "写错的字段"),
        ("effective", {"from": "2020/05/19"}),
        ("when", {"fact": "evaluation", "is": "Z"}),
        ("when", {"fact": "evaluation", "at_least": 3}),
        ("when", {"all": []}),
        ("when", {"fact": "evaluation"}),
        ("then", {"level": "key"}),
        ("basis", []),
        ("id", "Upper Case"),
    ],
    ids=["field", "day", "choice", "comparison", "empty", "no-comparison", "effect", "basis", "id"],
)
def test_what_the_reader_refuses_is_marked_in_the_editor(field: str, value: object):
    book = copy.deepcopy(content(LEVEL))
    book["rules"][0][field] = value
    assert list(validator(LEVEL).iter_errors(book))


def test_codes_are_offered_and_new_ones_allowed():
    schema = json.loads((RULES / "schema" / "measures.json").read_text("utf-8"))
    measure = schema["properties"]["rules"]["items"]["properties"]["then"]["properties"]["measure"]
    assert "no-commitment-route" in measure["anyOf"][0]["enum"]
    jsonschema.validate("a-measure-of-tomorrow", measure)
