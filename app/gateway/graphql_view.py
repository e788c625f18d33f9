"""`/graphql`: GraphQL over HTTP, POST and GET, one JSON answer for each request.

Source: the GraphQL-over-HTTP specification; `application/graphql-response+json` answers carry
the outcome in the status too, `application/json` ones are 200 once the request is well formed.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

import orjson
from graphql import OperationType
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from strawberry import Schema

from app.gateway.boundary import request_id_of
from app.gateway.caching import PRIVATE, cache_control
from app.gateway.context import CHANNEL_HEADER, Services, build_context
from app.gateway.errors import (
    fault_answer,
    field_errors,
    internal_answer,
    log_fault,
    rejected_document,
)
from app.gateway.event_stream import event_response, events_of, once
from app.gateway.execution.documents import DocumentInvalid, ValidDocument
from app.gateway.execution.standard import StandardExecutor
from app.gateway.faults import EdgeCode, EdgeFault
from app.gateway.negotiation import (
    EVENT_STREAM,
    GRAPHQL_RESPONSE,
    JSON,
    choose_language,
    choose_media_type,
    prefers_events,
    takes_events,
)
from app.gateway.request import GraphQLRequest, RequestCaps, read_request
from app.gateway.streams import Answer, StreamLimits, Streams
from app.resolvers.context import RequestContext

VARY = f"Accept, Accept-Language, Authorization, {CHANNEL_HEADER}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewOptions:
    """`deadline_s`: seconds after which an operation is given up; `public_max_age_s`: how long a
    shared cache may keep an answer that is the same for everyone."""

    caps: RequestCaps = field(default_factory=RequestCaps)
    hide_suggestions: bool = True
    deadline_s: float = 10.0
    public_max_age_s: int = 10
    streams: StreamLimits = field(default_factory=StreamLimits)


@dataclass(slots=True)
class _Answer:
    body: Mapping[str, Any]
    status: int = 200
    cache_control: str = PRIVATE
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    stream: AsyncGenerator[Answer, None] | None = None


class GraphQLView:
    def __init__(self, schema: Schema, services: Services, options: ViewOptions) -> None:
        self._executor = StandardExecutor(schema, hide_suggestions=options.hide_suggestions)
        self.documents = self._executor.documents
        self.streams = Streams(self._executor, services, options.streams, options.deadline_s)
        self._services = services
        self._options = options

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI application, so that the route hands it every method."""
        response = await self.respond(Request(scope, receive))
        await response(scope, receive, send)

    async def respond(self, request: Request) -> Response:
        accepted = choose_media_type(request.headers.get("accept"))
        language = choose_language(request.headers.get("accept-language"))
        media_type = accepted or JSON
        accept = request.headers.get("accept")
        try:
            if accepted is None and not takes_events(accept):
                raise _not_acceptable()
            answer = await self._answer(request, media_type)
        except EdgeFault as fault:
            answer = _Answer(
                fault_answer(fault, language), status=fault.status, headers=fault.headers
            )
        headers = {"Vary": VARY, "Content-Language": language.value}
        if answer.stream is not None:
            return event_response(events_of(answer.stream, self.streams.limits.silence_s), headers)
        if answer.status == 200 and prefers_events(accept):
            return event_response(once(answer.body), headers)
        return Response(
            orjson.dumps(answer.body),
            status_code=answer.status,
            media_type=f"{media_type}; charset=utf-8",
            headers={**headers, "Cache-Control": answer.cache_control, **answer.headers},
        )

    async def _answer(self, request: Request, media_type: str) -> _Answer:
        asked = await read_request(request, self._options.caps)
        context = build_context(request, self._services)
        refused = 400 if media_type == GRAPHQL_RESPONSE else 200
        try:
            document = self._executor.documents.prepare(asked.query)
        except DocumentInvalid as invalid:
            return _Answer(rejected_document(invalid.code, invalid.errors), status=refused)
        _check_operation(document, asked, request.method, refused)
        if self.streams.subscription(document, asked):
            return await self._subscribed(request, document, asked)
        return await self._executed(document, asked, context, refused, request_id_of(request))

    async def _subscribed(
        self, request: Request, document: ValidDocument, asked: GraphQLRequest
    ) -> _Answer:
        """The first answer is awaited, so that a refusal still has a status."""
        if not takes_events(request.headers.get("accept")):
            raise _not_acceptable(EVENT_STREAM)
        answers = self.streams.answers(request, document, asked)
        first = await anext(answers, None)
        return _Answer({}, stream=_from_first(first, answers))

    async def _executed(
        self,
        document: ValidDocument,
        asked: GraphQLRequest,
        context: RequestContext,
        refused: int,
        request_id: str,
    ) -> _Answer:
        try:
            async with asyncio.timeout(self._options.deadline_s):
                result = await self._executor.execute(
                    document,
                    variables=asked.variables,
                    operation_name=asked.operation_name,
                    context=context,
                )
        except TimeoutError as fault:
            log_fault(fault, request_id, where="deadline")
            body = internal_answer(context.language, request_id, EdgeCode.TIMEOUT)
            return _Answer(body, status=504)
        if not result.errors:
            max_age = self._options.public_max_age_s
            return _Answer({"data": result.data}, cache_control=cache_control(context, max_age))
        errors = field_errors(result.errors, context.language, request_id)
        if result.data is None and all(error.path is None for error in result.errors):
            return _Answer({"errors": errors}, status=refused)
        return _Answer({"data": result.data, "errors": errors})


def _check_operation(
    document: ValidDocument, asked: GraphQLRequest, method: str, refused: int
) -> None:
    operation = document.operation(asked.operation_name)
    if operation is None:
        raise EdgeFault(
            refused,
            EdgeCode.OPERATION_UNKNOWN,
            "请用 operationName 指明文档中的一个操作。",
            "Name one operation of the document in `operationName`.",
        )
    if method == "GET" and operation.operation is OperationType.MUTATION:
        raise EdgeFault(
            405,
            EdgeCode.METHOD_NOT_ALLOWED,
            "变更操作必须用 POST 发送。",
            "Mutations must be sent by POST.",
            {"Allow": "POST"},
        )


def _not_acceptable(*served: str) -> EdgeFault:
    named = served or (GRAPHQL_RESPONSE, JSON)
    return EdgeFault(
        406,
        EdgeCode.NOT_ACCEPTABLE,
        f"这里只提供 {' 和 '.join(named)}。",
        f"Only {' and '.join(named)} {'are' if len(named) > 1 else 'is'} served here.",
    )


async def _from_first(
    first: Answer | None, answers: AsyncGenerator[Answer, None]
) -> AsyncGenerator[Answer, None]:
    async with aclosing(answers):
        if first is not None:
            yield first
        async for answer in answers:
            yield answer
