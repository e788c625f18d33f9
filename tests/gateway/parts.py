"""Reading `multipart/mixed` answers."""

import orjson


def parts_in(response) -> list[dict]:
    """The JSON of each part; the framing must be whole."""
    assert response.headers["content-type"].startswith("multipart/mixed"), response.text
    before, *parts = response.content.split(b"\r\n---")
    assert before == b""
    assert parts.pop() == b"--\r\n"
    bodies = []
    for part in parts:
        head, _, body = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        assert head == b"Content-Type: application/json; charset=utf-8"
        bodies.append(orjson.loads(body))
    return bodies
