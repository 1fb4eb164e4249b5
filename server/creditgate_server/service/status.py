"""Errors → gRPC status, mapped once. Details follow google.rpc: ErrorInfo, BadRequest, RetryInfo."""

from __future__ import annotations

import secrets
from typing import NamedTuple, NoReturn

import grpc
import structlog
from google.protobuf.any_pb2 import Any
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2

from creditgate.v1 import errors_pb2

from .. import errors

DOMAIN = "creditgate"
DETAILS_KEY = "grpc-status-details-bin"

_log = structlog.get_logger("creditgate.status")

_CODES: dict[type[errors.GateError], grpc.StatusCode] = {
    errors.InvalidQuestion: grpc.StatusCode.INVALID_ARGUMENT,
    errors.PageTokenInvalid: grpc.StatusCode.INVALID_ARGUMENT,
    errors.UnknownThing: grpc.StatusCode.NOT_FOUND,
    errors.IdConflict: grpc.StatusCode.ALREADY_EXISTS,
    errors.Erased: grpc.StatusCode.FAILED_PRECONDITION,
    errors.NotYours: grpc.StatusCode.PERMISSION_DENIED,
    errors.WhoAreYou: grpc.StatusCode.UNAUTHENTICATED,
    errors.NotAllowed: grpc.StatusCode.PERMISSION_DENIED,
    errors.WrongState: grpc.StatusCode.FAILED_PRECONDITION,
    errors.RuleSetChanged: grpc.StatusCode.FAILED_PRECONDITION,
    errors.TooMuch: grpc.StatusCode.RESOURCE_EXHAUSTED,
    errors.NotReady: grpc.StatusCode.UNAVAILABLE,
    errors.StoreDown: grpc.StatusCode.UNAVAILABLE,
    errors.StoreFault: grpc.StatusCode.INTERNAL,
    errors.SetupFault: grpc.StatusCode.FAILED_PRECONDITION,
    errors.RuleSetFault: grpc.StatusCode.FAILED_PRECONDITION,
}

_RETRY_AFTER_MS: dict[type[errors.GateError], int] = {
    errors.TooMuch: 200,
    errors.NotReady: 1000,
    errors.StoreDown: 1000,
}
"""Milliseconds that a caller is asked to wait before it asks again."""


_MOST_VIOLATIONS = 20
"""In the details of a status, which are headers: 16 KB in all."""
_PREFIX = "ERROR_REASON_"


class InternalFault(errors.GateError):
    """A fault of our own. The caller gets an incident id, the log has the rest."""

    reason = "INTERNAL_FAULT"


class Abandoned(errors.GateError):
    """Nobody waits for the answer any more: nothing is judged, and no receipt is written."""

    reason = "ABANDONED"


class Status(NamedTuple):
    """What a call that fails sends back."""

    code: grpc.StatusCode
    message: str
    details: bytes
    """A serialised google.rpc.Status."""


def readable(fault: BaseException) -> errors.GateError:
    """The fault as a caller may read it. One that is not ours to explain is logged under an incident id."""
    if isinstance(fault, errors.GateError):
        return fault
    incident = secrets.token_hex(8)
    _log.error("internal fault", incident=incident, fault=type(fault).__name__, exc_info=fault)
    return InternalFault(f"服务内部错误, 事件编号 {incident}", "请将事件编号告知运维人员")


def code_of(fault: errors.GateError) -> grpc.StatusCode:
    """The gRPC status code of a readable fault."""
    if isinstance(fault, Abandoned):
        return grpc.StatusCode.CANCELLED
    return _CODES.get(type(fault), grpc.StatusCode.INTERNAL)


def status_of(fault: errors.GateError) -> Status:
    """The full status of a readable fault."""
    code = code_of(fault)
    number: int = code.value[0]
    status = status_pb2.Status(code=number, message=fault.message)
    status.details.extend(_packed(detail) for detail in _details(fault))
    return Status(code, fault.message, status.SerializeToString())


def failure_of(fault: errors.GateError) -> errors_pb2.Failure:
    """A readable fault as a message: of one question of a batch."""
    number: int = code_of(fault).value[0]
    failure = errors_pb2.Failure(
        code=number,
        reason=_reason(fault),
        message=fault.message,
        hint=fault.hint,
        violations=_violations(fault),
    )
    delay = _RETRY_AFTER_MS.get(type(fault))
    if delay is not None:
        failure.retry_after.FromMilliseconds(delay)
    return failure


def _reason(fault: errors.GateError) -> errors_pb2.ErrorReason.ValueType:
    return errors_pb2.ErrorReason.Value(_PREFIX + fault.reason)


def _violations(fault: errors.GateError) -> list[errors_pb2.Violation]:
    """Every fault of the request."""
    if isinstance(fault, errors.RuleSetFault):
        return [
            errors_pb2.Violation(field=f"{one.file}:{one.line}:{one.column}", message=one.message, hint=one.hint)
            for one in fault.faults
        ]
    every = (fault, *fault.others) if isinstance(fault, errors.InvalidQuestion) else (fault,) if fault.field else ()
    return [errors_pb2.Violation(field=one.field, message=one.message, hint=one.hint) for one in every]


def abort(context: grpc.ServicerContext, fault: errors.GateError) -> NoReturn:
    """End the call with the fault's status."""
    status = status_of(fault)
    context.set_trailing_metadata(((DETAILS_KEY, status.details),))
    context.abort(status.code, status.message)
    raise AssertionError("abort returned")


def _details(fault: errors.GateError) -> list[Message]:
    info = error_details_pb2.ErrorInfo(reason=fault.reason, domain=DOMAIN)
    if fault.hint:
        info.metadata["hint"] = fault.hint
    if fault.field:
        info.metadata["field"] = fault.field
    details: list[Message] = [info]
    violations = _violations(fault)[:_MOST_VIOLATIONS]
    if violations:
        bad = error_details_pb2.BadRequest()
        for one in violations:
            described = f"{one.message} ({one.hint})" if one.hint else one.message
            bad.field_violations.add(field=one.field, description=described, reason=fault.reason)
        details.append(bad)
    delay = _RETRY_AFTER_MS.get(type(fault))
    if delay is not None:
        duration = Duration()
        duration.FromMilliseconds(delay)
        details.append(error_details_pb2.RetryInfo(retry_delay=duration))
    return details


def _packed(detail: Message) -> Any:
    packed = Any()
    packed.Pack(detail)
    return packed
