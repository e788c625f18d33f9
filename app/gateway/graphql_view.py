"""`/graphql`: GraphQL over HTTP, POST and GET. One way for every request:

what the client reads → what it asks → admission → execution → outcome → response.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from strawberry import Schema

from app.domain.shared.channel import Channel
from app.gateway.admission import Admission, Admitted
from app.gateway.boundary import request_id_of
from app.gateway.caching import Lifetimes
from app.gateway.context import Services
from app.gateway.deadline import within
from app.gateway.errors import log_fault
from app.gateway.event_stream import events_of
from app.gateway.execution.documents import DocumentInvalid
from app.gateway.execution.standard import StandardExecutor
from app.gateway.faults import EdgeCode, EdgeFault
from app.gateway.http_profile import HttpProfile
from app.gateway.incremental import Incremental
from app.gateway.limits.toll import TollOptions
from app.gateway.multipart import PARTS, parts_of
from app.gateway.negotiation import EVENT_STREAM, GRAPHQL_RESPONSE, JSON, Wanted
from app.gateway.outcomes import Chunks, Outcome, executed, given_up, refused, rejected
from app.gateway.replies import reply
from app.gateway.request import RequestCaps, read_request
from app.gateway.streams import Answer, StreamLimits, Streams
from app.gateway.trusted.gate import TrustedOptions
from app.gateway.watching.watcher import Watched, Watcher, unnamed_watcher

COST_HEADER = "Youhui-Cost"
"""An answer to GET tells its cost only to who sends it: what remains changes with every request, so
such an answer has no validator and nobody keeps it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewOptions:
    """`closed`: nobody learns from answers what the schema holds: no introspection, no suggestions,
    no names of types. `deadline_s`: seconds after which an operation is given up; `lifetimes`: how long an answer
    that is the same for everyone may be kept."""

    caps: RequestCaps = field(default_factory=RequestCaps)
    closed: bool = True
    deadline_s: float = 10.0
    lifetimes: Lifetimes = field(default_factory=Lifetimes)
    streams: StreamLimits = field(default_factory=StreamLimits)
    profile: HttpProfile = HttpProfile.AUDITED
    trusted: TrustedOptions = field(default_factory=TrustedOptions)
    toll: TollOptions = field(default_factory=TollOptions)
    watcher: Watcher = field(default_factory=unnamed_watcher)


class GraphQLView:
    def __init__(self, schema: Schema, services: Services, options: ViewOptions) -> None:
        self._executor = StandardExecutor(schema, closed=options.closed)
        self.admission = Admission(
            self._executor.documents, services, options.trusted, options.toll
        )
        self._watcher = options.watcher
        self.requests = options.watcher.metrics.requests
        self.streams = Streams(
            self._executor, self.admission, options.streams, options.deadline_s, options.watcher
        )
        self._incremental = Incremental(self._executor, options.deadline_s)
        self._options = options

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI application, so that the route hands it every method."""
        response = await self.respond(Request(scope, receive))
        await response(scope, receive, send)

    async def respond(self, request: Request) -> Response:
        wanted = Wanted.of(request.headers, self._options.profile.unnamed)
        with self._watcher.watching(request) as watched:
            try:
                outcome = await self._outcome(request, wanted, watched)
            except EdgeFault as fault:
                outcome = refused(fault, wanted.language)
            except DocumentInvalid as invalid:
                outcome = rejected(invalid, wanted.language)
            watched.outcome = outcome
        return reply(request, wanted, outcome, self._options.profile)

    async def _outcome(
        self, request: Request, wanted: Wanted, watched: Watched
    ) -> Outcome | Chunks:
        """Raises `EdgeFault` and `DocumentInvalid`."""
        if wanted.media_type is None and not wanted.takes_events and not wanted.takes_parts:
            raise _not_acceptable(GRAPHQL_RESPONSE, JSON)
        asked = await read_request(request, self._options.caps)
        admitted = watched.admitted = await self.admission.admit(request, asked)
        if admitted.changes and request.method == "GET":
            raise _mutation_by_get()
        if admitted.subscribes:
            return await self._subscribed(request, wanted, admitted)
        if admitted.document.incremental and _in_parts(wanted, admitted):
            return await self._delivered(request, admitted)
        return await self._executed(request, admitted)

    async def _executed(self, request: Request, admitted: Admitted) -> Outcome:
        try:
            async with within(self._options.deadline_s, admitted.context):
                result = await self._executor.execute(
                    admitted.document,
                    variables=admitted.variables,
                    operation_name=admitted.operation_name,
                    context=admitted.context,
                )
        except TimeoutError as fault:
            log_fault(fault, request_id_of(request), where="deadline")
            return given_up(admitted.context)
        cost = admitted.paid.settle(result.data)
        if request.method == "GET" and COST_HEADER not in request.headers:
            return executed(result, admitted.context, self._options.lifetimes)
        return executed(result, admitted.context, None, cost)

    async def _delivered(self, request: Request, admitted: Admitted) -> Outcome | Chunks:
        """In parts, unless nothing was left to come later."""
        found = await self._incremental.answers(admitted)
        if isinstance(found, Outcome):
            return found
        return Chunks(chunks=parts_of(found), media_type=PARTS)

    async def _subscribed(self, request: Request, wanted: Wanted, admitted: Admitted) -> Chunks:
        """The first answer is awaited, so that a refusal still has a status."""
        if not wanted.takes_events:
            raise _not_acceptable(EVENT_STREAM)
        answers = self.streams.answers(request, admitted)
        first = await anext(answers, None)
        events = events_of(_from_first(first, answers), self.streams.limits.silence_s)
        return Chunks(chunks=events, media_type=EVENT_STREAM)


def _in_parts(wanted: Wanted, admitted: Admitted) -> bool:
    """Never to the mini-program, which reads an answer only when it is whole."""
    return wanted.takes_parts and admitted.context.channel is not Channel.MINI_PROGRAM


def _mutation_by_get() -> EdgeFault:
    return EdgeFault(
        405,
        EdgeCode.METHOD_NOT_ALLOWED,
        "变更操作必须用 POST 发送。",
        "Mutations must be sent by POST.",
        {"Allow": "POST"},
    )


def _not_acceptable(*served: str) -> EdgeFault:
    return EdgeFault(
        406,
        EdgeCode.NOT_ACCEPTABLE,
        f"这里只提供 {' 和 '.join(served)}。",
        f"Only {' and '.join(served)} {'are' if len(served) > 1 else 'is'} served here.",
    )


async def _from_first(
    first: Answer | None, answers: AsyncGenerator[Answer, None]
) -> AsyncGenerator[Answer, None]:
    async with aclosing(answers):
        if first is not None:
            yield first
        async for answer in answers:
            yield answer
