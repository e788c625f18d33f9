"""Answers in parts: incremental delivery over `multipart/mixed`, in the format that clients ask for
as `incrementalSpec=v0.2` (`pending`, `incremental`, `completed`, `hasNext`).

Source: the RFC "Incremental Delivery over HTTP" of GraphQL over HTTP, and Apollo's specification
"incremental" v0.2 for the parameter.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import orjson

PARTS = 'multipart/mixed; boundary="-"; incrementalSpec=v0.2'
_HEAD = b"\r\nContent-Type: application/json; charset=utf-8\r\n\r\n"
_BOUNDARY = b"\r\n---"
_END = b"--\r\n"


async def one_part(answer: Mapping[str, Any]) -> AsyncIterator[bytes]:
    """A whole answer, for who reads nothing else."""
    yield _BOUNDARY + _HEAD + orjson.dumps(answer) + _BOUNDARY + _END


async def parts_of(answers: AsyncIterator[Mapping[str, Any]]) -> AsyncIterator[bytes]:
    """Each part ends with the next boundary at once: a reader knows only by it that the part is
    whole."""
    before = _BOUNDARY
    async for answer in answers:
        yield before + _HEAD + orjson.dumps(answer) + _BOUNDARY
        before = b""
    yield _END
