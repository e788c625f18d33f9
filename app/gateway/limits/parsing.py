"""Parsing within the limits: what is too large is refused before anything looks at its meaning."""

from graphql import DocumentNode, GraphQLError, parse

from app.gateway.limits.document_limits import DocumentLimits
from app.gateway.limits.exceeded import Limit, limit_exceeded


def parse_within(text: str, limits: DocumentLimits) -> DocumentNode:
    """Raises `EdgeFault`: too large; `GraphQLError`: not GraphQL."""
    limits.check_text(text)
    document = _parsed(text, limits)
    limits.check(document)
    return document


def _parsed(text: str, limits: DocumentLimits) -> DocumentNode:
    """The parser stops at the first token too many, so there are more than the figure says."""
    try:
        return parse(text, max_lexical_tokens=limits.tokens, max_comments=limits.comments)
    except GraphQLError as error:
        if error.message.endswith(f"more than {limits.tokens} tokens. Parsing aborted."):
            raise limit_exceeded(Limit.TOKENS, limits.tokens + 1, limits.tokens) from None
        if error.message.endswith(f"more than {limits.comments} comments. Parsing aborted."):
            raise limit_exceeded(Limit.COMMENTS, limits.comments + 1, limits.comments) from None
        raise
