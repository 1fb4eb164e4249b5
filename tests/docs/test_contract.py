"""What a machine can see of docs/contract.md: names with their nouns, idempotency, presence, pages, types."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from google.protobuf.descriptor import Descriptor, FieldDescriptor, FileDescriptor, MethodDescriptor

from creditgate.v1 import (
    catalogue_pb2,
    common_pb2,
    credit_check_pb2,
    errors_pb2,
    exemption_register_pb2,
    exemptions_pb2,
    explanation_pb2,
    ledger_pb2,
    leniency_pb2,
    outcomes_pb2,
    receipts_pb2,
    rule_sets_pb2,
    supervision_pb2,
)

MODULES = (
    catalogue_pb2, common_pb2, credit_check_pb2, errors_pb2, exemption_register_pb2, exemptions_pb2, explanation_pb2,
    ledger_pb2, leniency_pb2, receipts_pb2, supervision_pb2,
)  # fmt: skip
NOT_YET = (outcomes_pb2, rule_sets_pb2)
"""Files that are still to be brought to the page."""
FILES: list[FileDescriptor] = [module.DESCRIPTOR for module in MODULES]
METHODS: list[MethodDescriptor] = [
    method for file in FILES for service in file.services_by_name.values() for method in service.methods
]
MESSAGES: list[Descriptor] = [message for file in FILES for message in file.message_types_by_name.values()]
FIELDS: list[FieldDescriptor] = [field for message in MESSAGES for field in message.fields]
BARE = {"Get", "List", "Search", "Watch", "Grant", "Withdraw", "Report", "Explain", "Evaluate", "Export", "Propose"}
ALONE = {"Check", "BatchCheck"}
"""Verbs that are nouns as well."""
OWNED = {"Override", "Error", "Record", "Object", "List", "From", "Import", "Class", "Case", "Default"}
UNSIGNED = {
    FieldDescriptor.TYPE_UINT32,
    FieldDescriptor.TYPE_UINT64,
    FieldDescriptor.TYPE_FIXED32,
    FieldDescriptor.TYPE_FIXED64,
}
FLOATS = {FieldDescriptor.TYPE_FLOAT, FieldDescriptor.TYPE_DOUBLE}
NO_SIDE_EFFECTS = 1


def names(methods: list[MethodDescriptor]) -> list[str]:
    return [method.full_name for method in methods]


def test_every_file_of_the_contract_is_looked_at() -> None:
    from pathlib import Path

    there = {path.stem for path in (Path(__file__).parents[2] / "proto").rglob("*.proto")}
    assert there == {
        module.DESCRIPTOR.name.rpartition("/")[2].removesuffix(".proto") for module in (*MODULES, *NOT_YET)
    }


@pytest.mark.parametrize("method", METHODS, ids=names(METHODS))
def test_a_method_carries_its_noun_and_says_whether_it_may_be_repeated(method: MethodDescriptor) -> None:
    assert method.name not in BARE
    assert len(re.findall("[A-Z][a-z]+", method.name)) > 1 or method.name in ALONE
    level = method.GetOptions().idempotency_level
    assert level, "no idempotency_level"
    if re.match("Get|List|Search", method.name):
        assert level == NO_SIDE_EFFECTS
    assert method.input_type.name == f"{method.name}Request"
    assert method.output_type.name == f"{method.name}Response"


def test_no_request_or_response_is_part_of_another_message() -> None:
    inside = {field.message_type.name for field in FIELDS if field.message_type is not None}
    assert [name for name in inside if name.endswith(("Request", "Response"))] == []


def test_no_name_is_one_that_a_language_owns() -> None:
    assert [message.full_name for message in MESSAGES if message.name in OWNED] == []


def test_no_number_is_unsigned_or_a_float() -> None:
    assert [field.full_name for field in FIELDS if field.type in UNSIGNED | FLOATS] == []


def test_a_day_may_be_absent_and_an_instant_is_a_timestamp() -> None:
    days = [
        field for field in FIELDS if (field.name.endswith("_on") or field.name == "as_of") and not field.is_repeated
    ]
    assert days
    assert [
        field.full_name for field in days if field.type != FieldDescriptor.TYPE_STRING or not field.has_presence
    ] == []
    instants = [field for field in FIELDS if field.name.endswith("_at")]
    assert instants
    wrong = [one.full_name for one in instants if one.message_type is None or one.message_type.name != "Timestamp"]
    assert wrong == []


def test_an_index_of_a_subject_may_be_absent() -> None:
    indexes = [field for field in FIELDS if field.name == "subject_index"]
    assert len(indexes) > 5
    assert all(field.has_presence for field in indexes)
    assert not [field.full_name for field in FIELDS if field.name == "subject" and field.message_type is None]


def paged() -> Iterator[MethodDescriptor]:
    yield from (method for method in METHODS if re.match("List|Search", method.name))


def test_every_list_is_paged_in_the_same_words() -> None:
    assert len(list(paged())) >= 3
    for method in paged():
        asked, told = method.input_type.fields_by_name, method.output_type.fields_by_name
        assert {"page_size", "page_token"} <= set(asked), method.full_name
        assert "next_page_token" in told, method.full_name
        assert asked["page_size"].type == FieldDescriptor.TYPE_INT32, method.full_name


def test_every_reason_of_the_service_is_in_the_contract() -> None:
    from creditgate_server import errors
    from creditgate_server.service import status

    def below(kind: type[errors.GateError]) -> Iterator[type[errors.GateError]]:
        for one in kind.__subclasses__():
            yield one
            yield from below(one)

    reasons = {kind.reason for kind in below(errors.GateError)} | {status.InternalFault.reason}
    known = {value.name.removeprefix("ERROR_REASON_") for value in errors_pb2.ErrorReason.DESCRIPTOR.values}
    assert reasons - {"GATE_ERROR"} <= known
