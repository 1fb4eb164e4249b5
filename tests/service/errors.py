"""Reading the typed details of a failed call."""

from __future__ import annotations

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from creditgate.v1 import errors_pb2


def detail(error: grpc.RpcError) -> error_details_pb2.ErrorInfo:
    """The ErrorInfo, which every error of the service has."""
    return _of(error, error_details_pb2.ErrorInfo())


def violation(error: grpc.RpcError) -> error_details_pb2.BadRequest.FieldViolation:
    """The field at fault."""
    return _of(error, error_details_pb2.BadRequest()).field_violations[0]


def violations(error: grpc.RpcError) -> list[error_details_pb2.BadRequest.FieldViolation]:
    """Every field at fault."""
    return list(_of(error, error_details_pb2.BadRequest()).field_violations)


def retry(error: grpc.RpcError) -> error_details_pb2.RetryInfo:
    """When to come again."""
    return _of(error, error_details_pb2.RetryInfo())


def _of(error, wanted):
    status = rpc_status.from_call(error)
    assert status is not None, error
    for packed in status.details:
        if packed.Unpack(wanted):
            return wanted
    raise AssertionError(f"no {type(wanted).__name__} in {status}")


def reason(failure: errors_pb2.Failure) -> str:
    """Why a question of a batch was not answered, as details of a status say it."""
    return errors_pb2.ErrorReason.Name(failure.reason).removeprefix("ERROR_REASON_")
