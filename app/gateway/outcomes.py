"""What a request came to, before it is written down as a response."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import ExecutionResult

from app.domain.shared.text import Language
from app.gateway.caching import NEVER_KEPT, Lifetimes, cache_control
from app.gateway.errors import fault_answer, field_errors, internal_answer, rejected_document
from app.gateway.execution.documents import DocumentInvalid
from app.gateway.faults import EdgeCode, EdgeFault
from app.gateway.http_profile import PARTIAL
from app.resolvers.context import RequestContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`status` is the finest that is known; the profile may make it coarser. `code`: of the first
    refusal, where nothing was executed."""

    body: Mapping[str, Any]
    status: int = 200
    code: EdgeCode | None = None
    cache_control: str = NEVER_KEPT
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunks:
    """An answer that comes bit by bit."""

    chunks: AsyncIterator[bytes]
    media_type: str


def refused(fault: EdgeFault, language: Language) -> Outcome:
    body = fault_answer(fault, language)
    return Outcome(body=body, status=fault.status, code=fault.code, headers=fault.headers)


def rejected(invalid: DocumentInvalid, language: Language) -> Outcome:
    status = 400 if invalid.code is EdgeCode.GRAPHQL_PARSE_FAILED else 422
    body = rejected_document(invalid, language)
    return Outcome(body=body, status=status, code=invalid.code)


def given_up(context: RequestContext) -> Outcome:
    """The operation took longer than it may."""
    body = internal_answer(context.language, context.request_id or "", EdgeCode.TIMEOUT)
    return Outcome(body=body, status=504)


def executed(
    result: ExecutionResult,
    context: RequestContext,
    lifetimes: Lifetimes | None,
    cost: Mapping[str, Any] | None = None,
) -> Outcome:
    """`lifetimes` None: of an answer that nobody may keep, whatever was read. `cost`: what the
    answer tells of it, None: nothing."""
    body = answer_body(result, context)
    if cost is not None:
        body["extensions"] = {"cost": cost}
    if not result.errors:
        return Outcome(body=body, cache_control=cache_control(context, lifetimes))
    if "data" not in body:
        return Outcome(body=body, status=422, code=EdgeCode.BAD_USER_INPUT)
    return Outcome(body=body, status=PARTIAL)


def answer_body(result: ExecutionResult, context: RequestContext) -> dict[str, Any]:
    """The body of an answer, whatever carries it; without `data` where variables did not fit, so
    that nothing was executed."""
    if not result.errors:
        return {"data": result.data}
    errors = field_errors(result.errors, context.language, context.request_id or "")
    if result.data is None and all(error.path is None for error in result.errors):
        return {"errors": errors}
    return {"data": result.data, "errors": errors}
