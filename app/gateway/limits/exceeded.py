"""The refusal of a document that is too large in one way or another."""

from enum import StrEnum

from app.gateway.faults import EdgeCode, EdgeFault


class Limit(StrEnum):
    """Values of `extensions.limit` beside DOCUMENT_TOO_LARGE; each is counted for the whole
    document, but where it says otherwise."""

    BYTES = "BYTES"
    TOKENS = "TOKENS"
    COMMENTS = "COMMENTS"
    NESTING = "NESTING"
    """Brackets inside brackets, also those of values."""
    OPERATIONS = "OPERATIONS"
    DEPTH = "DEPTH"
    """Fields inside fields, in one operation, fragments included."""
    ALIASES = "ALIASES"
    DIRECTIVES = "DIRECTIVES"
    ROOT_FIELDS = "ROOT_FIELDS"
    """Of one operation, fragments included."""
    FRAGMENTS = "FRAGMENTS"
    FRAGMENT_SPREADS = "FRAGMENT_SPREADS"
    FRAGMENT_CYCLES = "FRAGMENT_CYCLES"
    UNUSED_FRAGMENTS = "UNUSED_FRAGMENTS"
    FIELDS = "FIELDS"
    """Of one operation, each fragment counted wherever it is spread."""
    REPEATED_FIELDS = "REPEATED_FIELDS"
    """Response names written more than once in one selection: pairs are compared with each other."""
    LIST_LENGTH = "LIST_LENGTH"
    """Of one list, in the document or in the variables."""
    OBJECT_FIELDS = "OBJECT_FIELDS"
    """Of one input object, in the document or in the variables."""
    MONEY_MUTATIONS = "MONEY_MUTATIONS"
    """Of one operation: what moves money is asked for alone."""


_NAMES: dict[Limit, tuple[str, str]] = {
    Limit.BYTES: ("字节数", "bytes"),
    Limit.TOKENS: ("词元数", "tokens"),
    Limit.COMMENTS: ("注释数", "comments"),
    Limit.NESTING: ("括号嵌套层数", "nested brackets"),
    Limit.OPERATIONS: ("操作数", "operations"),
    Limit.DEPTH: ("字段层数", "levels of fields"),
    Limit.ALIASES: ("别名数", "aliases"),
    Limit.DIRECTIVES: ("指令数", "directives"),
    Limit.ROOT_FIELDS: ("根字段数", "root fields"),
    Limit.FRAGMENTS: ("片段数", "fragments"),
    Limit.FRAGMENT_SPREADS: ("片段引用数", "fragment spreads"),
    Limit.FRAGMENT_CYCLES: ("循环的片段数", "fragments in a cycle"),
    Limit.UNUSED_FRAGMENTS: ("未使用的片段数", "unused fragments"),
    Limit.FIELDS: ("展开后的字段数", "fields, fragments expanded"),
    Limit.REPEATED_FIELDS: ("重复的字段数", "repeated fields"),
    Limit.LIST_LENGTH: ("列表长度", "items in one list"),
    Limit.OBJECT_FIELDS: ("一个输入对象的字段数", "fields in one input object"),
    Limit.MONEY_MUTATIONS: ("涉及资金的变更数", "mutations that move money"),
}


def limit_exceeded(limit: Limit, figure: int, maximum: int) -> EdgeFault:
    """`figure`: what was counted; counting stops once it is too much, so it may be a little less
    than all there is."""
    zh, en = _NAMES[limit]
    return EdgeFault(
        400,
        EdgeCode.DOCUMENT_TOO_LARGE,
        f"请求文档的{zh}为 {figure}，上限为 {maximum}。",
        f"The document holds {figure} {en}; the limit is {maximum}.",
        extensions={"limit": limit, "figure": figure, "maximum": maximum},
    )
