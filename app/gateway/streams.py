"""Subscriptions, whatever carries them: a stream of answers, each executed with a context of its
own, so that no answer shows an old catalog, an old instant or what a loader kept."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

from graphql import ExecutionResult, GraphQLError, OperationDefinitionNode
from starlette.requests import HTTPConnection

from app.gateway.admission import Admission, Admitted
from app.gateway.boundary import request_id_of
from app.gateway.deadline import within
from app.gateway.errors import fault_answer, field_errors
from app.gateway.execution.standard import StandardExecutor
from app.gateway.faults import EdgeCode, EdgeFault
from app.gateway.outcomes import Outcome, answer_body
from app.gateway.watching.watcher import Watcher
from app.resolvers.context import RequestContext

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamLimits:
    """`idle_s`: a stream without any answer for so long ends; the client may start another.
    `most`: of all streams of a process; `most_of_connection`: on one WebSocket. `silence_s`: a
    carrier says something at least so often; a WebSocket that answers nothing for twice as long
    is closed. `init_s`: within it a WebSocket must begin."""

    idle_s: float = 900.0
    most: int = 2_000
    most_of_connection: int = 10
    silence_s: float = 15.0
    init_s: float = 5.0


class Streams:
    """All subscriptions of a process."""

    def __init__(
        self,
        executor: StandardExecutor,
        admission: Admission,
        limits: StreamLimits,
        deadline_s: float,
        watcher: Watcher,
    ) -> None:
        self._executor = executor
        self._admission = admission
        self._deadline_s = deadline_s
        self._watcher = watcher
        self._open = 0
        self.limits = limits
        self.closing = asyncio.Event()

    def close(self) -> None:
        """Every stream ends as if nothing more were to come; clients then go elsewhere."""
        self.closing.set()

    async def answers(
        self, connection: HTTPConnection, admitted: Admitted
    ) -> AsyncGenerator[Answer, None]:
        """Bodies as for a query. Ends when the subscription does, at `close`, when it was idle for
        too long, and after an answer with `errors` that says why nothing more comes.

        Raises `EdgeFault` before the first: too many.
        """
        context = admitted.context
        async with self._counted():
            events = await self._executor.events(
                admitted.document,
                variables=admitted.variables,
                operation_name=admitted.operation_name,
                context=context,
            )
            if isinstance(events, ExecutionResult):
                yield self._refused(events.errors or [], context)
                return
            source = cast("AsyncGenerator[Any, None]", events)
            async with aclosing(source):
                try:
                    async with aclosing(self._until_closed(source)) as events:
                        async for event in events:
                            yield await self._answer(connection, admitted, event)
                except EdgeFault as fault:
                    yield fault_answer(fault, context.language)
                except Exception as fault:  # noqa: BLE001 -- a field's fault: masked like any other
                    yield self._refused([_located(fault, admitted.operation)], context)

    async def _answer(
        self, connection: HTTPConnection, admitted: Admitted, event: object
    ) -> Answer:
        """Raises `EdgeFault`: the token has expired meanwhile."""
        context = await self._admission.context_of(connection)
        with self._watcher.watching(connection) as watched:
            watched.admitted = admitted
            async with within(self._deadline_s, context):
                result = await self._executor.execute(
                    admitted.document,
                    variables=admitted.variables,
                    operation_name=admitted.operation_name,
                    context=context,
                    root=event,
                )
            body = answer_body(result, context)
            watched.outcome = Outcome(body=body)
        return body

    async def _until_closed(self, source: AsyncGenerator[Any, None]) -> AsyncGenerator[Any, None]:
        closed = asyncio.ensure_future(self.closing.wait())
        try:
            while not self.closing.is_set():
                following = asyncio.ensure_future(anext(source))
                try:
                    await asyncio.wait(
                        {following, closed},
                        timeout=self.limits.idle_s,
                        return_when=asyncio.FIRST_COMPLETED,
                    )
                    if not following.done():
                        return
                finally:
                    if not following.done():
                        following.cancel()
                        await asyncio.wait({following})
                try:
                    event = following.result()
                except StopAsyncIteration:
                    return
                yield event
        finally:
            closed.cancel()

    @asynccontextmanager
    async def _counted(self) -> AsyncIterator[None]:
        if self._open >= self.limits.most or self.closing.is_set():
            raise EdgeFault(
                503,
                EdgeCode.UNAVAILABLE,
                "订阅过多，请稍后再试。",
                "Too many subscriptions: try again later.",
            )
        self._open += 1
        self._watcher.metrics.streams.set(self._open)
        try:
            yield
        finally:
            self._open -= 1
            self._watcher.metrics.streams.set(self._open)

    def _refused(self, errors: list[GraphQLError], context: RequestContext) -> Answer:
        return {"errors": field_errors(errors, context.language, context.request_id or "")}


def _located(fault: Exception, operation: OperationDefinitionNode) -> GraphQLError:
    """What the source of events raised, at the subscription's one field."""
    field: Any = operation.selection_set.selections[0]
    name = getattr(field, "alias", None) or getattr(field, "name", None)
    path = [name.value] if name else None
    return GraphQLError(str(fault), [field], path=path, original_error=fault)


def named(connection: HTTPConnection, request_id: str) -> str:
    """Gives a connection that the boundary lets through its id; answers it."""
    connection.scope.setdefault("state", {})["request_id"] = request_id
    return request_id_of(connection)
