"""What is counted in a document's text, before it is parsed."""

import re

from app.gateway.limits.exceeded import Limit, limit_exceeded

_BRACKET = re.compile(
    r'"""(?:[^"\\]++|\\"""|\\|"(?!""))*+(?:""")?|"(?:[^"\\\n\r]++|\\.)*+"?|#[^\n\r]*+|[{\[(]|[}\])]',
    re.DOTALL,
)
"""Strings and comments are taken whole, unclosed ones too. Possessive: no text makes it try
twice."""


def check_text(text: str, *, most_bytes: int, most_nesting: int) -> None:
    """One linear pass. Raises `EdgeFault`: too long, or nested so deeply that parsing, which
    recurses, would be what ends it."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > most_bytes:
        raise limit_exceeded(Limit.BYTES, size, most_bytes)
    deepest = nesting(text, most_nesting)
    if deepest > most_nesting:
        raise limit_exceeded(Limit.NESTING, deepest, most_nesting)


def nesting(text: str, most: int) -> int:
    """The deepest nesting of brackets outside strings and comments; it looks no further once that
    is more than `most`."""
    depth = deepest = 0
    for found in _BRACKET.finditer(text):
        first = text[found.start()]
        if first in "{[(":
            depth += 1
            deepest = max(deepest, depth)
            if deepest > most:
                break
        elif first in "}])":
            depth -= 1
    return deepest
