"""Outcomes as HTTP responses: status and media type by the profile, validators, framing."""

from collections.abc import Mapping

import orjson
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app.gateway.caching import NEVER_KEPT, entity_tag, matches
from app.gateway.context import CHANNEL_HEADER
from app.gateway.event_stream import once
from app.gateway.http_profile import HttpProfile
from app.gateway.multipart import PARTS, one_part
from app.gateway.negotiation import EVENT_STREAM, GRAPHQL_RESPONSE, Wanted
from app.gateway.outcomes import Chunks, Outcome

VARY = f"Accept, Accept-Language, Authorization, Cookie, {CHANNEL_HEADER}"
_IN_CHUNKS = {"Cache-Control": NEVER_KEPT, "X-Accel-Buffering": "no"}
"""A proxy that buffers would hold answers back."""


def reply(
    request: Request, wanted: Wanted, outcome: Outcome | Chunks, profile: HttpProfile
) -> Response:
    headers = {"Vary": VARY, "Content-Language": wanted.language.value}
    if isinstance(outcome, Outcome) and outcome.status < 300:
        if wanted.prefers_events:
            outcome = Chunks(chunks=once(outcome.body), media_type=EVENT_STREAM)
        elif wanted.media_type is None and wanted.takes_parts:
            outcome = Chunks(chunks=one_part(outcome.body), media_type=PARTS)
    if isinstance(outcome, Outcome):
        return _whole(request, wanted, outcome, profile, headers)
    media_type = f"{EVENT_STREAM}; charset=utf-8" if outcome.media_type == EVENT_STREAM else PARTS
    return StreamingResponse(
        outcome.chunks, media_type=media_type, headers={**headers, **_IN_CHUNKS}
    )


def _whole(
    request: Request,
    wanted: Wanted,
    outcome: Outcome,
    profile: HttpProfile,
    headers: Mapping[str, str],
) -> Response:
    media_type = wanted.media_type or GRAPHQL_RESPONSE
    status = profile.status(outcome.status, media_type, outcome.code)
    body = orjson.dumps(outcome.body)
    headers = {**headers, "Cache-Control": outcome.cache_control, **outcome.headers}
    if outcome.cache_control != NEVER_KEPT:
        tag = entity_tag(body, media_type, wanted.language.value)
        headers["ETag"] = tag
        if matches(tag, request.headers.get("if-none-match")):
            return Response(status_code=304, headers=headers)
    return Response(
        body,
        status_code=status,
        media_type=f"{profile.media_type(status, media_type)}; charset=utf-8",
        headers=headers,
    )
