"""Errors of values that do not fit, said in words of our own: which variable or argument, and where
in it. The library's words name types, list what else exists and quote the value."""

import re
from collections.abc import Sequence

from graphql import GraphQLError

from app.domain.shared.text import Language, LocalizedText

_MISFIT = re.compile(
    r"(?P<kind>Variable|Argument) '\$?(?P<name>\w+)' has invalid value(?: at (?P<place>[.\[\]\w]+))?"
)
_OTHER = LocalizedText(
    zh="请求的变量或参数不符合要求。", en="A variable or an argument of the request does not fit."
)


def discreet(errors: Sequence[GraphQLError], language: Language) -> list[GraphQLError]:
    """Only those of the library itself change: what a resolver or a rule of ours raised stays."""
    return [_discreet(error, language) if _of_library(error) else error for error in errors]


def _of_library(error: GraphQLError) -> bool:
    if "code" in (error.extensions or {}):
        return False
    own = error.original_error is None or type(error.original_error) is GraphQLError
    return own and (error.path is None or error.message.startswith("Argument '"))


def _discreet(error: GraphQLError, language: Language) -> GraphQLError:
    told = _said(error.message).in_language(language)
    return GraphQLError(told, error.nodes, path=error.path, extensions={"code": "BAD_USER_INPUT"})


def _said(message: str) -> LocalizedText:
    found = _MISFIT.match(message)
    if found is None:
        return _OTHER
    name, place = found["name"], (found["place"] or "").removeprefix(".")
    if found["kind"] == "Variable":
        zh, en = f"变量 ${name}", f"variable ${name}"
    else:
        zh, en = f"参数 {name}", f"argument {name}"
    where_zh, where_en = (f"（{place}）", f" (at {place})") if place else ("", "")
    return LocalizedText(
        zh=f"{zh} 的值{where_zh}不符合要求。", en=f"The value of {en}{where_en} does not fit."
    )
