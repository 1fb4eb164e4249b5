"""Channels and what is sent over them: one for plain programs, one for asyncio, with the same methods."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Generator
from dataclasses import dataclass
from operator import methodcaller
from typing import Any, Generic, TypeVar

import grpc
import grpc.aio
from google.protobuf.message import Message

from .calling import Endpoint
from .errors import CLOSED_AT_ONCE, CreditGateError, closed, from_rpc, tls_needed

Answer = TypeVar("Answer", bound=Message)
Answered = TypeVar("Answered", bound=Message, covariant=True)

_serialized = methodcaller("SerializeToString")


@dataclass(frozen=True, slots=True)
class Method(Generic[Answered]):
    """A method of the contract: service and method, and the message that answers."""

    path: str
    answer: type[Answered]

    def prepared(self, prepare: Callable[..., Any]) -> Any:  # noqa: ANN401 - gRPC's own class, by kind of channel
        """What calls it. `prepare`: the channel's method for its kind of call."""
        return prepare(
            f"/creditgate.v1.{self.path}",
            request_serializer=_serialized,
            response_deserializer=self.answer.FromString,
        )


class Transport:
    """A channel that threads share."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._closed = False
        self._channel = (
            grpc.insecure_channel(endpoint.target, endpoint.options)
            if endpoint.credentials is None
            else grpc.secure_channel(endpoint.target, endpoint.credentials, endpoint.options)
        )
        self._prepared: dict[str, Any] = {}

    def ask(self, method: Method[Answer], request: Message, timeout: float, traceparent: str | None) -> Answer:
        """The answer to one call. Raises CreditGateError."""
        metadata = self._endpoint.metadata(traceparent)
        try:
            answer: Answer = self._call(method)(request, timeout=timeout, metadata=metadata)
        except grpc.RpcError as error:
            raise self._fault(error) from error
        except ValueError as error:  # what gRPC says where the channel was closed meanwhile
            if self._closed:
                raise closed() from error
            raise
        return answer

    def stream(
        self, method: Method[Answer], request: Message, timeout: float, traceparent: str | None
    ) -> Generator[Answer, None, None]:
        """The answers of a stream, which ends with the generator. Raises CreditGateError."""
        self._require_open()
        metadata = self._endpoint.metadata(traceparent)
        answers = method.prepared(self._channel.unary_stream)(request, timeout=timeout, metadata=metadata)
        try:
            yield from answers
        except grpc.RpcError as error:
            raise self._fault(error) from error
        finally:
            answers.cancel()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    def close(self) -> None:
        """End what runs, and take no more."""
        self._closed = True
        self._channel.close()

    def _call(self, method: Method[Answer]) -> Any:  # noqa: ANN401 - gRPC's own class
        self._require_open()
        if method.path not in self._prepared:
            self._prepared[method.path] = method.prepared(self._channel.unary_unary)
        return self._prepared[method.path]

    def _require_open(self) -> None:
        if self._closed:  # gRPC itself may crash on a channel that was closed
            raise closed()

    def _fault(self, error: grpc.RpcError) -> CreditGateError:
        if self._closed:
            return closed()
        return tls_needed() if hung_up(error) and self._endpoint.wants_tls() else from_rpc(error)


@dataclass(slots=True)
class _Bound:
    """A channel of one event loop."""

    channel: grpc.aio.Channel
    prepared: dict[str, Any]


class AsyncTransport:
    """Channels that event loops share: each has its own, made when it first calls, for gRPC binds them to a loop."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._closed = False
        self._bound: dict[asyncio.AbstractEventLoop, _Bound] = {}

    async def ask(self, method: Method[Answer], request: Message, timeout: float, traceparent: str | None) -> Answer:
        """The answer to one call. Raises CreditGateError."""
        metadata = self._endpoint.metadata(traceparent)
        bound = self._here()
        if method.path not in bound.prepared:
            bound.prepared[method.path] = method.prepared(bound.channel.unary_unary)
        try:
            answer: Answer = await bound.prepared[method.path](request, timeout=timeout, metadata=metadata)
        except grpc.RpcError as error:
            raise await self._fault(error) from error
        except (asyncio.CancelledError, grpc.aio.UsageError) as error:
            self._require_open_after(error)
            raise
        return answer

    async def stream(
        self, method: Method[Answer], request: Message, timeout: float, traceparent: str | None
    ) -> AsyncGenerator[Answer, None]:
        """The answers of a stream, which ends with the generator. Raises CreditGateError."""
        metadata = self._endpoint.metadata(traceparent)
        answers = method.prepared(self._here().channel.unary_stream)(request, timeout=timeout, metadata=metadata)
        try:
            async for answer in answers:
                yield answer
        except grpc.RpcError as error:
            raise await self._fault(error) from error
        except (asyncio.CancelledError, grpc.aio.UsageError) as error:
            self._require_open_after(error)
            raise
        finally:
            answers.cancel()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)

    async def close(self) -> None:
        """End what runs, in every loop, and take no more."""
        self._closed = True
        here = asyncio.get_running_loop()
        while self._bound:
            loop, bound = self._bound.popitem()
            if loop is here:
                await bound.channel.close()
            elif loop.is_running():
                ended = asyncio.run_coroutine_threadsafe(bound.channel.close(), loop)
                await asyncio.wrap_future(ended)
            # in a loop that does not run nothing is under way: its channel ends with the last reference to it

    def _here(self) -> _Bound:
        """The channel of the loop that runs. Channels of loops that were closed are let go."""
        if self._closed:
            raise closed()
        loop = asyncio.get_running_loop()
        if loop not in self._bound:
            for gone in [other for other in list(self._bound) if other.is_closed()]:
                self._bound.pop(gone, None)
            target, options, credentials = self._endpoint.target, self._endpoint.options, self._endpoint.credentials
            self._bound[loop] = _Bound(
                grpc.aio.insecure_channel(target, options)
                if credentials is None
                else grpc.aio.secure_channel(target, credentials, options),
                {},
            )
        return self._bound[loop]

    def _require_open_after(self, error: BaseException) -> None:
        """A call that a closed channel cancelled was not cancelled by its own task. Raises ClientClosed."""
        task = asyncio.current_task()
        if self._closed and not (task is not None and task.cancelling()):
            raise closed() from error

    async def _fault(self, error: grpc.RpcError) -> CreditGateError:
        if self._closed:
            return closed()
        wanted = hung_up(error) and await asyncio.to_thread(self._endpoint.wants_tls)
        return tls_needed() if wanted else from_rpc(error)


def hung_up(error: grpc.RpcError) -> bool:
    """Whether the peer closed the connection before it said anything that is understood."""
    unavailable = error.code() is grpc.StatusCode.UNAVAILABLE
    return unavailable and any(words in (error.details() or "") for words in CLOSED_AT_ONCE)
