"""Make the client's words of the contract from proto/: its codes and what answers hold, and what is said of each.

A question, and an answer that has something of its own, is written by hand in client/creditgate/values.
"""

import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

from google.protobuf import descriptor_pb2

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "client" / "creditgate" / "_contract.py"
HEADER = '''# Generated from proto/ by tools/generate_values.py. Do not edit.
"""The words of the contract: its codes, and what answers hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from .wire import plain
'''

BY_HAND = {
    "BatchAssessLevelsItem", "BatchAssessLevelsResult", "BatchCheckItem", "BatchCheckResult",
    "BatchEvaluateLeniencyItem", "BatchEvaluateLeniencyResult", "CheckAnswer", "CheckQuestion", "ErrorReason",
    "Explanation", "Fact", "FactValue", "Failure", "LeniencyAnswer", "LeniencyQuestion", "LevelAnswer", "LevelQuestion",
    "MeasureDone", "PenaltyDecision", "Pin", "Receipt", "Revision", "Subject", "SubjectIdentity", "Violation",
}  # fmt: skip
CLASSES = {
    "ConditionState": "State",
    "ExportResponse": "ExportedRuleSet",
    "GetOutcomeStatisticsResponse": "OutcomeStatistics",
    "LeniencyWarning": "Warning",
    "ListCorrectionReportsResponse": "ReportsPage",
    "ListExemptionStatisticsResponse": "ExemptionStatistics",
    "ListExemptionVersionsResponse": "VersionsPage",
    "ListGrantsResponse": "GrantsPage",
    "ListPendingResponse": "PendingPage",
    "ListReceiptsResponse": "ReceiptsPage",
    "ListCatalogueEntriesResponse": "CatalogueEntries",
    "ListCatalogueFactsResponse": "CatalogueFacts",
    "ListCatalogueItemsResponse": "CatalogueItems",
    "GetCatalogueItemResponse": "ShownItem",
    "GetExemptionFormResponse": "ExemptionForm",
    "ProcedureStep": "Step",
    "ReportResponse": "ReportResult",
    "SearchExemptionsResponse": "ExemptionsFound",
}
"""Names that differ from the message's or enumeration's. Of requests and answers only these are made."""
DEFAULTS = {"ReportResponse.late": "False", "ReportResponse.overrides": "()"}
"""What a field is where a message has none such: a withdrawal no overrides."""
UPPER = {"ConditionState", "LawDay", "Leniency", "Outcome"}
"""Enumerations whose codes are written in capitals."""
OPTIONAL_CODES = {"DepartureReason"}
"""Enumerations whose unspecified code means something: None."""
DAYS = {"as_of", "data_day", "day", "effective_from", "effective_until", "in_force_until", "last_day", "since", "until"}
"""Text that is a day, with all whose names end with _on."""
ALWAYS = {
    "ExemptionEntry.as_of", "ExemptionGrant.decided_on", "ExemptionVersion.from_on",
    "GetOutcomeStatisticsResponse", "ListExemptionStatisticsResponse.as_of", "ListExemptionStatisticsResponse.from_on",
    "ListExemptionStatisticsResponse.until_on", "SearchExemptionsResponse.as_of",
}  # fmt: skip
"""Messages whose days are never empty, and days that are always there."""
INSTANTS = {
    "at": "",
    "effective_at": " | None",
    "issued_at": "",
    "registered_at": "",
    "reported_at": "",
    "withdrawn_at": " | None",
}
"""Text that is an instant."""
TEXT = {"FollowedReceipt.issued_at", "WorkerStatus.since"}
"""Days and instants that stay text."""

Field = descriptor_pb2.FieldDescriptorProto


def described() -> list[descriptor_pb2.FileDescriptorProto]:
    """The contract with its comments."""
    with tempfile.NamedTemporaryFile() as out:
        protos = [str(path) for path in sorted((ROOT / "proto").rglob("*.proto"))]
        arguments = [f"-I{ROOT / 'proto'}", "--include_source_info", f"--descriptor_set_out={out.name}", *protos]
        subprocess.run([sys.executable, "-m", "grpc_tools.protoc", *arguments], check=True)
        return list(descriptor_pb2.FileDescriptorSet.FromString(Path(out.name).read_bytes()).file)


def generated() -> str:
    """The module."""
    parts = [HEADER]
    for file in described():
        comments = {tuple(one.path): one.leading_comments for one in file.source_code_info.location}
        for place, codes in enumerate(file.enum_type):
            if codes.name not in BY_HAND:
                parts.append("\n".join(enumeration(codes, (5, place), comments)))
        for place, message in enumerate(file.message_type):
            asked = message.name.endswith(("Request", "Response")) and message.name not in CLASSES
            if message.name not in BY_HAND and not asked:
                parts.append("\n".join(answer(message, (4, place), comments)))
    return "\n\n".join(parts) + "\n"


Comments = dict[tuple[int, ...], str]


def enumeration(codes: descriptor_pb2.EnumDescriptorProto, path: tuple[int, ...], comments: Comments) -> Iterator[str]:
    """The lines of a class of codes."""
    prefix = codes.value[0].name.removesuffix("UNSPECIFIED")
    yield f"class {CLASSES.get(codes.name, codes.name)}(StrEnum):"
    yield from docstring(comments[path])
    yield ""
    for place, code in enumerate(codes.value[1:], start=1):
        name = code.name.removeprefix(prefix)
        yield f'    {name} = "{name if codes.name in UPPER else name.lower()}"'
        yield from docstring(comments[(*path, 2, place)])
    yield ""


def answer(message: descriptor_pb2.DescriptorProto, path: tuple[int, ...], comments: Comments) -> Iterator[str]:
    """The lines of a class of values."""
    yield "@dataclass(frozen=True, slots=True)"
    yield f"class {CLASSES.get(message.name, message.name)}:"
    yield from docstring(comments[path])
    yield ""
    placed = sorted(enumerate(message.field), key=lambda one: f"{message.name}.{one[1].name}" in DEFAULTS)
    for place, field in placed:
        full = f"{message.name}.{field.name}"
        comment = comments[(*path, 2, place)]
        told = hint(message, field)
        if (
            field.type == Field.TYPE_MESSAGE
            and field.label != Field.LABEL_REPEATED
            and "Absent" in comment
            and not told.endswith("| None")
        ):
            told = f"{told} | None"
        default = f" = {DEFAULTS[full]}" if full in DEFAULTS else ""
        yield f"    {field.name}: {told}{default}"
        if "RFC 3339" in comment and told.removesuffix(" | None") == "date":
            raise SystemExit(f"{full} is an instant by what the contract says of it, and a day by its name: see TEXT")
        if "date" in told:
            comment = comment.replace(', "YYYY-MM-DD"', "").replace("Empty", "None")
        yield from docstring(comment)
    yield ""
    yield "    to_dict = plain"
    yield ""


def hint(message: descriptor_pb2.DescriptorProto, field: Field) -> str:
    """What a field's value is."""
    kind = field.type_name.rpartition(".")[2]
    nested = {one.name: one for one in message.nested_type}
    if kind in nested:
        key, value = nested[kind].field
        return f"dict[{hint(nested[kind], key)}, {hint(nested[kind], value)}]"
    one = element(message, field, kind)
    if field.label == Field.LABEL_REPEATED:
        return f"tuple[{one}, ...]"
    alternative = field.HasField("oneof_index")  # as every optional field is
    if one == "date" and f"{message.name}.{field.name}" in ALWAYS:
        return one
    return f"{one} | None" if (alternative or kind in OPTIONAL_CODES) and not one.endswith("| None") else one


def element(message: descriptor_pb2.DescriptorProto, field: Field, kind: str) -> str:
    """What one element of a field's value is."""
    if kind == "Timestamp":
        return "datetime"
    if kind:
        return CLASSES.get(kind, kind)
    if field.type == Field.TYPE_STRING and f"{message.name}.{field.name}" not in TEXT:
        if field.name in INSTANTS:
            return f"datetime{INSTANTS[field.name]}"
        if field.name in DAYS or field.name.endswith("_on"):
            always = message.name in ALWAYS or f"{message.name}.{field.name}" in ALWAYS
            return "date" if always else "date | None"
    return {Field.TYPE_STRING: "str", Field.TYPE_BOOL: "bool", Field.TYPE_BYTES: "bytes"}.get(field.type, "int")


def docstring(comment: str) -> Iterator[str]:
    """A comment of the contract as a docstring."""
    text = " ".join(comment.split()).replace('"', "'")
    lines = textwrap.wrap(text, 100)
    yield f'    """{lines[0]}' + ('"""' if len(lines) == 1 else "")
    yield from (f"    {line}" for line in lines[1:])
    if len(lines) > 1:
        yield '    """'


def generate(target: Path) -> None:
    """Write the module to the path given."""
    target.write_text(generated(), "utf-8")
    settings = ["--quiet", "--config", str(ROOT / "pyproject.toml"), str(target)]
    subprocess.run([sys.executable, "-m", "ruff", "check", "--fix", *settings], check=True)
    subprocess.run([sys.executable, "-m", "ruff", "format", *settings], check=True)


if __name__ == "__main__":
    generate(Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET)
