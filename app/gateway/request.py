"""Reading a GraphQL request out of HTTP: size, depth and shape are checked before anything runs.

Source: the GraphQL-over-HTTP specification (Request), and our own caps.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.requests import ClientDisconnect, Request

from app.gateway.faults import EdgeCode, EdgeFault, bad_request, malformed

_STRING_OR_BRACKET = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
"""Possessive, and it takes an unclosed string too: so no input makes it try twice."""


_MOST_DOCUMENT_ID = 128
"""Characters."""
_SHA256 = "sha256:"
"""Before an id, it says what the id is; graphql-codegen's clients send it everywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCaps:
    """`body_bytes` of a POST body or of a GET query string; `json_depth` of nested brackets."""

    body_bytes: int = 256 * 1024
    json_depth: int = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphQLRequest:
    """`query` is empty where `document_id` stands for it; both may be given. `document_id` is a
    SHA-256 in hexadecimal, or an id that a client's own tool made."""

    query: str
    variables: Mapping[str, Any] | None
    operation_name: str | None
    document_id: str | None = None


async def read_request(request: Request, caps: RequestCaps) -> GraphQLRequest:
    """Raises `EdgeFault` for whatever is not a GraphQL request."""
    if request.method == "GET":
        return graphql_request(_query_parameters(request, caps))
    if request.method == "POST":
        _check_content_type(request.headers.get("content-type"))
        body = await _read_body(request, caps.body_bytes)
        return graphql_request(_parse_object(body, caps.json_depth, zh="请求体", en="the body"))
    raise EdgeFault(
        405,
        EdgeCode.METHOD_NOT_ALLOWED,
        "GraphQL 只接受 GET 和 POST 请求。",
        "GraphQL takes GET and POST only.",
        {"Allow": "GET, POST"},
    )


async def read_json(request: Request, caps: RequestCaps) -> dict[str, Any]:
    """The JSON object of a POST that is no GraphQL. Raises `EdgeFault`."""
    _check_content_type(request.headers.get("content-type"))
    body = await _read_body(request, caps.body_bytes)
    return _parse_object(body, caps.json_depth, zh="请求体", en="the body")


async def read_form(request: Request, most_bytes: int) -> dict[str, str]:
    """The fields of a form; one that comes twice is refused (RFC 6749, section 3.1), as is another
    media type. Raises `EdgeFault`."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/x-www-form-urlencoded":
        raise EdgeFault(
            415,
            EdgeCode.UNSUPPORTED_MEDIA_TYPE,
            "请以 application/x-www-form-urlencoded 发送表单。",
            "Send the form as application/x-www-form-urlencoded.",
        )
    body = await _read_body(request, most_bytes)
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict")
    except (UnicodeDecodeError, ValueError):
        raise bad_request("表单不是有效的 UTF-8。", "The form is not valid UTF-8.") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise bad_request("表单字段重复。", "A field of the form comes twice.")
    return fields


def _check_content_type(content_type: str | None) -> None:
    media_type, *parameters = (part.strip().lower() for part in (content_type or "").split(";"))
    charsets = [p.removeprefix("charset=").strip('"') for p in parameters if "charset=" in p]
    if media_type != "application/json" or any(c not in ("utf-8", "utf8") for c in charsets):
        raise EdgeFault(
            415,
            EdgeCode.UNSUPPORTED_MEDIA_TYPE,
            "请以 Content-Type: application/json(UTF-8)发送请求。",
            "Send the request as Content-Type: application/json, in UTF-8.",
            {"Accept-Post": "application/json"},
        )


async def _read_body(request: Request, most: int) -> bytes:
    """Stops reading at the cap: a larger body is never held."""
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and int(declared) > most:
        raise _too_large(most)
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > most:
                raise _too_large(most)
    except ClientDisconnect:
        raise bad_request("连接在请求读完之前断开。", "The client went away.") from None
    return bytes(body)


def _too_large(most: int, status: int = 413) -> EdgeFault:
    kib = most // 1024
    return EdgeFault(
        status,
        EdgeCode.BODY_TOO_LARGE,
        f"请求超过 {kib} KiB 的上限。",
        f"The request exceeds the limit of {kib} KiB.",
    )


def _query_parameters(request: Request, caps: RequestCaps) -> dict[str, Any]:
    raw: bytes = request.scope["query_string"]
    if len(raw) > caps.body_bytes:
        raise _too_large(caps.body_bytes, 414)
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict")
    except (UnicodeDecodeError, ValueError):
        raise bad_request(
            "网址参数不是有效的 UTF-8。", "The query string is not valid UTF-8."
        ) from None
    parameters: dict[str, Any] = dict(pairs)
    for name in ("variables", "extensions"):
        text = parameters.get(name)
        if text == "":
            del parameters[name]
        elif text is not None:
            octets = text.encode("utf-8", "surrogatepass")
            parameters[name] = _parse_object(
                octets, caps.json_depth, zh=f"参数 {name}", en=f"the parameter {name}"
            )
    return parameters


def parse_message(message: bytes, caps: RequestCaps) -> dict[str, Any]:
    """One message of a WebSocket: a JSON object within the caps. Raises `EdgeFault`."""
    if len(message) > caps.body_bytes:
        raise _too_large(caps.body_bytes)
    return _parse_object(message, caps.json_depth, zh="消息", en="the message")


def _parse_object(body: bytes, depth: int, *, zh: str, en: str) -> dict[str, Any]:
    if _nested_deeper(body, depth):
        raise bad_request(f"{zh}的 JSON 嵌套超过 {depth} 层。", f"JSON in {en} is too deep.")
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise bad_request(
            f"{zh}不是有效的 JSON(UTF-8)。", f"There is no valid JSON (UTF-8) in {en}."
        ) from None
    if not isinstance(parsed, dict):
        raise malformed(f"{zh}必须是一个 JSON 对象。", f"JSON in {en} must be one object.")
    return parsed


def _nested_deeper(body: bytes, most: int) -> bool:
    """Whether brackets outside strings nest deeper, in one linear pass that ends where they do."""
    if body.count(b"{") + body.count(b"[") <= most:
        return False
    depth = 0
    for found in _STRING_OR_BRACKET.finditer(body):
        first = body[found.start()]
        if first in b"{[":
            depth += 1
            if depth > most:
                return True
        elif first in b"}]":
            depth -= 1
    return False


def graphql_request(parameters: Mapping[str, Any]) -> GraphQLRequest:
    """The parameters of a request, of whatever carrier. Raises `EdgeFault`: they are of other types."""
    document_id = _document_id(parameters)
    query = parameters.get("query") or ""
    if not isinstance(query, str):
        raise malformed("query 必须是字符串。", "`query` must be a string.")
    if not query and document_id is None:
        raise malformed("请求中没有 query。", "The request holds no `query`.")
    variables = parameters.get("variables")
    if variables is not None and not isinstance(variables, dict):
        raise malformed("variables 必须是对象。", "`variables` must be an object.")
    operation_name = parameters.get("operationName")
    if operation_name is not None and not isinstance(operation_name, str):
        raise malformed("operationName 必须是字符串。", "`operationName` must be a string.")
    return GraphQLRequest(
        query=query,
        variables=variables,
        operation_name=operation_name or None,
        document_id=document_id,
    )


def _document_id(parameters: Mapping[str, Any]) -> str | None:
    """From `documentId` ("sha256:…", or an id alone; so GraphQL over HTTP has it), else from
    `extensions.persistedQuery` (so Apollo and urql have it). Raises `EdgeFault`."""
    extensions = parameters.get("extensions")
    if extensions is not None and not isinstance(extensions, dict):
        raise malformed("extensions 必须是对象。", "`extensions` must be an object.")
    named = parameters.get("documentId")
    if named is None:
        persisted = (extensions or {}).get("persistedQuery")
        return None if persisted is None else _persisted_hash(persisted)
    if not isinstance(named, str) or not 0 < len(named) <= _MOST_DOCUMENT_ID:
        raise malformed("documentId 应为一个标识。", "`documentId` must be an id.")
    return named.removeprefix(_SHA256)


def _persisted_hash(persisted: object) -> str:
    """Raises `EdgeFault`; told that another version is not supported, clients send the text."""
    if not isinstance(persisted, dict) or persisted.get("version") != 1:
        said = "PersistedQueryNotSupported"
        raise EdgeFault(422, EdgeCode.PERSISTED_QUERY_NOT_SUPPORTED, said, said)
    sha256 = persisted.get("sha256Hash")
    if not isinstance(sha256, str) or not 0 < len(sha256) <= _MOST_DOCUMENT_ID:
        raise malformed(
            "persistedQuery.sha256Hash 应为一个 SHA-256。",
            "`persistedQuery.sha256Hash` must be a SHA-256.",
        )
    return sha256.removeprefix(_SHA256)
