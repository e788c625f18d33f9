"""Which status and media type an answer takes, by the edition of GraphQL over HTTP.

Refusals carry the statuses of the edition of September 2026 (section 5.4), the finer ones; the
edition before it knows less, and is what the audits of npm `graphql-http` check.
"""

from enum import StrEnum

from app.gateway.faults import EdgeCode
from app.gateway.negotiation import GRAPHQL_RESPONSE, JSON

PARTIAL = 294
"""Data and errors both: "Partial Success"."""

WELL_FORMED = frozenset(
    {
        EdgeCode.GRAPHQL_PARSE_FAILED,
        EdgeCode.GRAPHQL_VALIDATION_FAILED,
        EdgeCode.OPERATION_UNKNOWN,
        EdgeCode.PERSISTED_QUERY_NOT_FOUND,
        EdgeCode.PERSISTED_QUERY_NOT_SUPPORTED,
        EdgeCode.UNTRUSTED_DOCUMENT,
        EdgeCode.BAD_USER_INPUT,
    }
)
"""Refusals of a request that was well formed: plain JSON answers them with 200."""


class HttpProfile(StrEnum):
    """`AUDITED`: a refused document is 400, or 200 in plain JSON; who names no media type reads
    plain JSON. `SEPTEMBER_2026`: 422 and 294 are used, a refusal is `graphql-response+json` also
    for who takes plain JSON only, and so it is for who names no media type."""

    AUDITED = "audited"
    SEPTEMBER_2026 = "2026-09"

    @property
    def unnamed(self) -> str:
        """The media type of who accepts anything without naming it."""
        return JSON if self is HttpProfile.AUDITED else GRAPHQL_RESPONSE

    def status(self, status: int, media_type: str, code: EdgeCode | None = None) -> int:
        """What to say of `status` where the answer is of `media_type`; `code` of a refusal."""
        plain = media_type == JSON
        if status == PARTIAL:
            return 200 if plain or self is HttpProfile.AUDITED else PARTIAL
        if self is HttpProfile.SEPTEMBER_2026:
            return status
        if plain and code in WELL_FORMED:
            return 200
        return 400 if status == 422 else status

    def media_type(self, status: int, media_type: str) -> str:
        """What the answer calls itself, once its status is known."""
        if self is HttpProfile.SEPTEMBER_2026 and status >= 400:
            return GRAPHQL_RESPONSE
        return media_type
