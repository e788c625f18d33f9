"""`/graphql`: GraphQL over HTTP, POST and GET, one JSON answer for each request.

Source: the GraphQL-over-HTTP specification; `application/graphql-response+json` answers carry
the outcome in the status too, `application/json` ones are 200 once the request is well formed.
"""

import asyncio
from collections.abc import Mapping
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
from app.gateway.execution.documents import DocumentInvalid, ValidDocument
from app.gateway.execution.standard import StandardExecutor
from app.gateway.faults import EdgeCode, EdgeFault
from app.gateway.negotiation import GRAPHQL_RESPONSE, JSON, choose_language, choose_media_type
from app.gateway.request import GraphQLRequest, RequestCaps, read_request
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


@dataclass(slots=True)
class _Answer:
    body: Mapping[str, Any]
    status: int = 200
    cache_control: str = PRIVATE
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


class GraphQLView:
    def __init__(self, schema: Schema, services: Services, options: ViewOptions) -> None:
        self._executor = StandardExecutor(schema, hide_suggestions=options.hide_suggestions)
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
        try:
            if accepted is None:
                raise _not_acceptable()
            answer = await self._answer(request, media_type)
        except EdgeFault as fault:
            answer = _Answer(
                fault_answer(fault, language), status=fault.status, headers=fault.headers
            )
        return Response(
            orjson.dumps(answer.body),
            status_code=answer.status,
            media_type=f"{media_type}; charset=utf-8",
            headers={
                "Vary": VARY,
                "Content-Language": language.value,
                "Cache-Control": answer.cache_control,
                **answer.headers,
            },
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
        return await self._executed(document, asked, context, refused, request_id_of(request))

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
    if operation.operation is OperationType.SUBSCRIPTION:
        raise EdgeFault(
            refused,
            EdgeCode.OPERATION_NOT_SUPPORTED,
            "这里不支持订阅。",
            "Subscriptions are not served here.",
        )
    if method == "GET" and operation.operation is not OperationType.QUERY:
        raise EdgeFault(
            405,
            EdgeCode.METHOD_NOT_ALLOWED,
            "变更操作必须用 POST 发送。",
            "Mutations must be sent by POST.",
            {"Allow": "POST"},
        )


def _not_acceptable() -> EdgeFault:
    return EdgeFault(
        406,
        EdgeCode.NOT_ACCEPTABLE,
        f"这里只提供 {GRAPHQL_RESPONSE} 和 {JSON}。",
        f"Only {GRAPHQL_RESPONSE} and {JSON} are served here.",
    )
