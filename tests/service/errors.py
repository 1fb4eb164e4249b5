"""Reading the typed details of a failed call."""

from __future__ import annotations

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status


def detail(error: grpc.RpcError) -> error_details_pb2.ErrorInfo:
    """The ErrorInfo, which every error of the service has."""
    return _of(error, error_details_pb2.ErrorInfo())


def violation(error: grpc.RpcError) -> error_details_pb2.BadRequest.FieldViolation:
    """The field at fault."""
    return _of(error, error_details_pb2.BadRequest()).field_violations[0]


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
