"""Refusals of the edge itself: what was wrong with a request, before any field is resolved."""

from collections.abc import Mapping
from enum import StrEnum

from app.domain.shared.text import LocalizedText


class EdgeCode(StrEnum):
    """Values of `extensions.code` that the edge gives."""

    BAD_REQUEST = "BAD_REQUEST"
    BODY_TOO_LARGE = "BODY_TOO_LARGE"
    UNSUPPORTED_MEDIA_TYPE = "UNSUPPORTED_MEDIA_TYPE"
    NOT_ACCEPTABLE = "NOT_ACCEPTABLE"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    NOT_FOUND = "NOT_FOUND"
    TOKEN_INVALID = "TOKEN_INVALID"  # noqa: S105 -- the name of a refusal
    TOKEN_EXPIRED = "TOKEN_EXPIRED"  # noqa: S105 -- likewise
    CREDENTIAL_INVALID = "CREDENTIAL_INVALID"
    SIGN_IN_REQUIRED = "SIGN_IN_REQUIRED"
    FORBIDDEN = "FORBIDDEN"
    PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
    PERSISTED_QUERY_NOT_SUPPORTED = "PERSISTED_QUERY_NOT_SUPPORTED"
    UNTRUSTED_DOCUMENT = "UNTRUSTED_DOCUMENT"
    UPGRADE_REQUIRED = "UPGRADE_REQUIRED"
    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    OPERATION_UNKNOWN = "OPERATION_UNKNOWN"
    OPERATION_NOT_SUPPORTED = "OPERATION_NOT_SUPPORTED"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    DOCUMENT_TOO_LARGE = "DOCUMENT_TOO_LARGE"
    COST_EXCEEDED = "COST_EXCEEDED"
    RATE_LIMITED = "RATE_LIMITED"
    UNAVAILABLE = "UNAVAILABLE"
    TIMEOUT = "TIMEOUT"
    INTERNAL = "INTERNAL"


class EdgeFault(Exception):
    """A request that is answered with `status`, `code` and a text the caller may read;
    `extensions` go beside the code."""

    def __init__(
        self,
        status: int,
        code: EdgeCode,
        zh: str,
        en: str,
        headers: Mapping[str, str] | None = None,
        *,
        extensions: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(en)
        self.status = status
        self.code = code
        self.message = LocalizedText(zh=zh, en=en)
        self.headers = dict(headers or {})
        self.extensions = dict(extensions or {})


def bad_request(zh: str, en: str) -> EdgeFault:
    return EdgeFault(400, EdgeCode.BAD_REQUEST, zh, en)


def malformed(zh: str, en: str) -> EdgeFault:
    """JSON, but no request of GraphQL over HTTP."""
    return EdgeFault(422, EdgeCode.BAD_REQUEST, zh, en)
