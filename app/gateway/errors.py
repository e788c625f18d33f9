"""What of an error reaches the caller.

Bad requests are shown as they are, with a code. Faults are masked: the caller gets a code, a
request id and a text of ours; the log gets the trace, without the values that may be personal.
"""

import logging
import re
import traceback
from collections.abc import Sequence
from typing import Any

from graphql import GraphQLError

from app.domain.shared.text import Language, LocalizedText
from app.gateway.execution.documents import DocumentInvalid
from app.gateway.faults import EdgeCode, EdgeFault
from app.ports.errors import StorageUnavailable
from app.resolvers.errors import BadRequest

logger = logging.getLogger("youhui.gateway")

_INTERNAL = LocalizedText(
    zh="服务出错了，请稍后再试；如需帮助请提供请求编号。",
    en="Something went wrong on our side. Try again later, or give support the request id.",
)
_UNAVAILABLE = LocalizedText(
    zh="数据暂时读取不到，请稍后再试。", en="This is unavailable for the moment. Try again soon."
)
LONGEST_MESSAGE = 400
"""Characters. A refused value is quoted in the refusal: a long one would come back many times."""
_UNFIT = LocalizedText(zh="查询文档不符合接口定义。", en="The document does not fit the schema.")
_VALUES = (
    (re.compile(r"\bValue .* does not exist", re.DOTALL), "Value … does not exist"),
    (re.compile(r"((?:cannot represent|(?<!invalid )[Vv]alue)[^:]*: ).*", re.DOTALL), r"\1…"),
    (
        re.compile(r"(\b(?:found|Unexpected) (?:String|BlockString|Int|Float))\b.*", re.DOTALL),
        r"\1.",
    ),
    (
        re.compile(r"(, found )(?!['<]|(?:Name|String|BlockString|Int|Float)\b).*", re.DOTALL),
        r"\1…",
    ),
)
"""Where graphql-core's texts quote a value, of a variable or of the document: it may be a person's, and
errors are what clients send to their collectors. Names of types, fields and variables stay."""
_ARGUMENT_FAULT = "Argument '"
"""How graphql-core begins the text of an argument that cannot be coerced while executing."""


def fault_answer(fault: EdgeFault, language: Language) -> dict[str, Any]:
    """The JSON body of a request that never reached the schema."""
    message = fault.message.in_language(language)
    extensions = {**fault.extensions, "code": fault.code}
    return {"errors": [{"message": message, "extensions": extensions}]}


def rejected_document(invalid: DocumentInvalid, language: Language) -> dict[str, Any]:
    """The JSON body for a document that does not parse or validate: shown as it is, unless the
    schema is closed."""
    if invalid.closed:
        message, extensions = _UNFIT.in_language(language), {"code": invalid.code}
        return {"errors": [{"message": message, "extensions": extensions}]}
    return {"errors": [_shown(error, invalid.code) for error in invalid.errors]}


def field_errors(
    errors: Sequence[GraphQLError], language: Language, request_id: str
) -> list[dict[str, Any]]:
    """Entries of `errors` for what failed while executing; faults are logged and masked."""
    return [_field_error(error, language, request_id) for error in errors]


def _field_error(error: GraphQLError, language: Language, request_id: str) -> dict[str, Any]:
    cause = error.original_error
    if isinstance(cause, BadRequest):
        return _shown(error, None)
    if cause is None or isinstance(cause, GraphQLError):
        if "code" in (error.extensions or {}):
            return _shown(error, None)
        if error.path is None or error.message.startswith(_ARGUMENT_FAULT):
            return _shown(error, EdgeCode.BAD_USER_INPUT)
    elif error.path is None:
        return _shown(error, EdgeCode.BAD_USER_INPUT)
    log_fault(cause or error, request_id, where=".".join(map(str, error.path or ())))
    unavailable = isinstance(cause, StorageUnavailable)
    message = (_UNAVAILABLE if unavailable else _INTERNAL).in_language(language)
    code = EdgeCode.UNAVAILABLE if unavailable else EdgeCode.INTERNAL
    masked = GraphQLError(message, error.nodes, path=error.path)
    return _shown(masked, code) | {"extensions": {"code": code, "requestId": request_id}}


def _shown(error: GraphQLError, code: EdgeCode | None) -> dict[str, Any]:
    formatted: dict[str, Any] = dict(error.formatted)
    message: str = formatted["message"]
    if code is not None:
        message = formatted["message"] = _without_values(message)
    if len(message) > LONGEST_MESSAGE:
        formatted["message"] = message[:LONGEST_MESSAGE] + "…"
    if code is not None:
        formatted["extensions"] = {**formatted.get("extensions", {}), "code": code}
    return formatted


def _without_values(message: str) -> str:
    for quoting, left in _VALUES:
        message = quoting.sub(left, message)
    return message


def internal_answer(
    language: Language, request_id: str, code: EdgeCode = EdgeCode.INTERNAL
) -> dict[str, Any]:
    """The JSON body for a fault outside any field."""
    text = _INTERNAL if code is EdgeCode.INTERNAL else _UNAVAILABLE
    extensions = {"code": code, "requestId": request_id}
    return {"errors": [{"message": text.in_language(language), "extensions": extensions}]}


def log_fault(fault: BaseException, request_id: str, *, where: str) -> None:
    """One record: which request, which field, and the trace as types and places in the code.

    An exception's own text is left out: it may quote a phone number, a token or a row.
    """
    told = {"request_id": request_id, "at": where or "-", "exception": trace(fault)}
    logger.error("fault", extra=told)


def trace(fault: BaseException) -> str:
    """The chain of causes, the first one first, each with its frames and its type. Of a database
    that is gone the types alone: every request says so, and each trace would take as long as the
    request."""
    chain: list[BaseException] = []
    link: BaseException | None = fault
    while link is not None and link not in chain:
        chain.append(link)
        link = link.__cause__ or link.__context__
    parts: list[str] = []
    for exception in reversed(chain):
        if not isinstance(fault, StorageUnavailable):
            parts.extend(traceback.format_tb(exception.__traceback__))
        parts.append(f"{type(exception).__module__}.{type(exception).__qualname__}\n")
    return "".join(parts)
