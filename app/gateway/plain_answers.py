"""JSON answers of what is no GraphQL: never kept anywhere."""

from collections.abc import Mapping

import orjson
from starlette.requests import Request
from starlette.responses import Response

from app.gateway.errors import fault_answer
from app.gateway.faults import EdgeFault
from app.gateway.negotiation import choose_language


def json_answer(
    body: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    return Response(
        orjson.dumps(body),
        status_code=status,
        media_type="application/json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def refused(request: Request, fault: EdgeFault) -> Response:
    """In the caller's language."""
    language = choose_language(request.headers.get("accept-language"))
    return json_answer(fault_answer(fault, language), fault.status, fault.headers)
