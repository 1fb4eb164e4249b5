"""What a call can fail with, as classes: from the service's typed error details."""

from __future__ import annotations

from dataclasses import dataclass, replace

import grpc
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status

from creditgate.v1 import errors_pb2


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """One fault of a request: the field, what is wrong and what to do, both in Chinese."""

    field: str
    message: str
    hint: str = ""


@dataclass(eq=False)
class CreditGateError(Exception):
    """Base of all errors of the client: message and hint in Chinese, the field at fault, the service's reason."""

    message: str
    hint: str = ""
    field: str = ""
    reason: str = ""
    retry_after: float | None = None
    """Seconds after which the service suggests to try again."""
    violations: tuple[FieldViolation, ...] = ()
    """Every fault of the request, the one above among them."""

    def __str__(self) -> str:
        """Field, message and hint in one line."""
        where = f"{self.field}: " if self.field else ""
        return f"{where}{self.message}" + (f"({self.hint})" if self.hint else "")


class WrongQuestion(CreditGateError):
    """The question must change before it is asked again."""


class InvalidQuestion(WrongQuestion):
    """A field of the question is wrong."""


class UnknownThing(WrongQuestion):
    """What was asked for does not exist."""


class IdConflict(WrongQuestion):
    """The request_id was used for another question."""


class Erased(WrongQuestion):
    """What was asked for was erased as the law asks."""


class NotYours(WrongQuestion):
    """Another organ's item or receipt."""


class WhoAreYou(WrongQuestion):
    """No key, or a key that is not known."""


class TooLarge(WrongQuestion):
    """The message is larger than the service takes."""


class RuleSetChanged(WrongQuestion):
    """The question pins a rule set that is not in force any more."""


class WrongState(WrongQuestion):
    """What is acted on does not stand where this needs it: the answer exempts from nothing, a grant was taken back."""


class InvalidTarget(WrongQuestion):
    """The service's address is not written as one: HOST:PORT, and no URL."""


class ClientClosed(CreditGateError):
    """The client was closed before the call, or while it ran."""


class NoService(CreditGateError):
    """There is no answer now; the same question may be asked again with the same request_id."""


class TooMuch(NoService):
    """The service is busy."""


class NotReady(NoService):
    """The service has no active rule set yet, or its store is down."""


class Unavailable(NoService):
    """The service can't be reached."""


class UnknownHost(Unavailable):
    """The name in the service's address is not known."""


class TlsFault(Unavailable):
    """The two sides can't agree on TLS, and asking again does not mend it.

    `reason`: NO_TLS_THERE, TLS_NEEDED, BAD_CERTIFICATE or BAD_ROOT_CERTIFICATES.
    """


class DeadlineExceeded(NoService):
    """No answer within the time given. It may have been answered: ask again with the same request_id."""


class ServiceError(CreditGateError):
    """A fault inside the service; its operators have the incident id."""


def invalid(message: str, hint: str = "", field: str = "") -> InvalidQuestion:
    """The error for words or values that make no question."""
    return InvalidQuestion(message, hint, field, "INVALID_QUESTION")


_BY_REASON: dict[str, type[CreditGateError]] = {
    "INVALID_QUESTION": InvalidQuestion,
    "PAGE_TOKEN_INVALID": InvalidQuestion,
    "UNKNOWN_THING": UnknownThing,
    "REQUEST_ID_REUSED": IdConflict,
    "ERASED": Erased,
    "NOT_YOURS": NotYours,
    "WHO_ARE_YOU": WhoAreYou,
    "RULE_SET_CHANGED": RuleSetChanged,
    "WRONG_STATE": WrongState,
    "TOO_MUCH": TooMuch,
    "NOT_READY": NotReady,
    "STORE_DOWN": NotReady,
}

_BY_CODE: dict[grpc.StatusCode, type[CreditGateError]] = {
    grpc.StatusCode.INVALID_ARGUMENT: InvalidQuestion,
    grpc.StatusCode.NOT_FOUND: UnknownThing,
    grpc.StatusCode.ALREADY_EXISTS: IdConflict,
    grpc.StatusCode.PERMISSION_DENIED: NotYours,
    grpc.StatusCode.UNAUTHENTICATED: WhoAreYou,
    grpc.StatusCode.RESOURCE_EXHAUSTED: TooLarge,
    grpc.StatusCode.UNAVAILABLE: Unavailable,
    grpc.StatusCode.DEADLINE_EXCEEDED: DeadlineExceeded,
    grpc.StatusCode.CANCELLED: Unavailable,
}

_HINTS: dict[type[CreditGateError], str] = {
    Unavailable: "请核对服务地址, 并确认服务已启动; 用同一 request_id 重试是安全的",
    DeadlineExceeded: "用同一 request_id 重试是安全的",
    TooLarge: "请减少问题、主体或事实的数目",
}

_IN_CHINESE: dict[type[CreditGateError], str] = {
    Unavailable: "连接不上信用门服务",
    DeadlineExceeded: "在限定时间内没有得到答复",
    TooLarge: "请求超过服务允许的大小",
}

_HOST = UnknownHost("找不到服务地址中的主机名", "请核对服务地址中的主机名和本机的域名解析", reason="UNKNOWN_HOST")
_CERTIFICATE = TlsFault(
    "服务的证书不受信任, 或不是这个主机名的",
    "请用签发它的根证书(root_certificates), 并用证书上的主机名作服务地址",
    reason="BAD_CERTIFICATE",
)
BAD_ROOTS = TlsFault("给出的根证书不是 PEM 证书", "请核对 root_certificates 的内容", reason="BAD_ROOT_CERTIFICATES")
_BY_WORDS: dict[str, CreditGateError] = {
    "hostname lookup error": _HOST,
    "DNS resolution failed": _HOST,
    "WRONG_VERSION_NUMBER": TlsFault(
        "服务不用 TLS, 客户端用了 TLS", "请核对端口, 或去掉 tls 和 root_certificates", reason="NO_TLS_THERE"
    ),
    "CERTIFICATE_VERIFY_FAILED": _CERTIFICATE,
    "Hostname Verification Check failed": _CERTIFICATE,
    "Failed to create security handshaker": BAD_ROOTS,
}
"""What gRPC says in words alone of a service that can't be reached, and what it means."""

CLOSED_AT_ONCE = ("Socket closed", "Connection reset by peer")
"""What gRPC says of a peer that hangs up on a plain client: a service that wants TLS, or one that is just dying."""


def tls_needed() -> TlsFault:
    """The error of a plain call to a service that speaks TLS."""
    return TlsFault(
        "服务只用 TLS, 客户端没有用 TLS",
        "请用 tls=True 或 root_certificates(命令用 --tls 或 --ca)",
        reason="TLS_NEEDED",
    )


def closed() -> ClientClosed:
    """The error of a call on a client that is closed."""
    return ClientClosed("客户端已经关闭", "请在关闭之前调用, 或另建一个客户端", reason="CLIENT_CLOSED")


def of_failure(failure: errors_pb2.Failure) -> CreditGateError:
    """The typed error of a failure inside an answer."""
    reason = errors_pb2.ErrorReason.Name(failure.reason).removeprefix("ERROR_REASON_")
    violations = tuple(FieldViolation(one.field, one.message, one.hint) for one in failure.violations)
    after = failure.retry_after.ToTimedelta().total_seconds() if failure.HasField("retry_after") else None
    field = violations[0].field if violations else ""
    return of_reason(reason)(failure.message, failure.hint, field, reason, after, violations)


def of_reason(reason: str) -> type[CreditGateError]:
    """The class for a reason that the service gave."""
    return _BY_REASON.get(reason, ServiceError)


def from_rpc(error: grpc.RpcError) -> CreditGateError:
    """The typed error of a failed call."""
    code = error.code()
    kind = _BY_CODE.get(code, ServiceError)
    if kind is Unavailable:
        for words, meant in _BY_WORDS.items():
            if words in (error.details() or ""):
                return replace(meant)
    result = kind(_IN_CHINESE.get(kind, error.details() or code.name), _HINTS.get(kind, ""), reason=code.name)
    status = _status_details(error)
    for detail in status.details if status is not None else ():
        _read_detail(detail, result)
    chosen = of_reason(result.reason) if result.reason in _BY_REASON else kind
    text = status.message if status is not None else result.message
    return chosen(text, result.hint, result.field, result.reason, result.retry_after, result.violations)


def _status_details(error: grpc.RpcError) -> status_pb2.Status | None:
    """The error details that came with the status; None where there are none, or they contradict it."""
    try:
        return rpc_status.from_call(error)
    except (ValueError, DecodeError):
        return None


def _read_detail(detail: object, result: CreditGateError) -> None:
    info, bad, retry = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest(), error_details_pb2.RetryInfo()
    if detail.Unpack(info):  # type: ignore[attr-defined]
        result.reason = info.reason
        result.hint = info.metadata.get("hint", result.hint)
        result.field = result.field or info.metadata.get("field", "")
    elif detail.Unpack(bad) and bad.field_violations:  # type: ignore[attr-defined]
        result.field = bad.field_violations[0].field
        result.violations = tuple(FieldViolation(one.field, one.description) for one in bad.field_violations)
    elif detail.Unpack(retry):  # type: ignore[attr-defined]
        result.retry_after = retry.retry_delay.ToTimedelta().total_seconds()
