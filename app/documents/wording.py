"""Validation errors of a promotion document in words: what is wrong and the way out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from typing import Any, get_args, get_type_hints

from pydantic_core import ErrorDetails

from app.documents.findings import Finding, Path, written
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.terms import Off
from app.domain.shared.senseless import SenselessValue

_TYPES = {
    "int_type": ("整数", "a whole number"),
    "string_type": ("文字（加引号）", "text (in quotes)"),
    "bool_type": ("true 或 false", "true or false"),
    "frozen_set_type": ("列表，如 [A, B]", "a list, such as [A, B]"),
    "tuple_type": ("列表", "a list"),
    "dict_type": ("带字段的对象", "an object with fields"),
    "dataclass_type": ("带字段的对象", "an object with fields"),
    "datetime_type": ("日期或带时区的时间（加引号）", "a date, or a time with its offset"),
    "datetime_parsing": (
        "日期 2026-06-30 或带时区的时间 2026-06-30T08:00:00+08:00",
        "a date such as 2026-06-30, or a time with its offset: 2026-06-30T08:00:00+08:00",
    ),
}
_FIXED = {
    "missing": ("缺少这个字段，请补上", "is missing: add it"),
    "union_tag_not_found": ("缺少 kind，请写明种类", "has no kind: say which kind it is"),
}
_UNTAGGED = {branch.__name__: branch for branch in get_args(Off)}
"""Branches told apart by their one field, not by `kind`."""


def findings_of(errors: Iterable[ErrorDetails], document: Mapping[str, object]) -> list[Finding]:
    """One finding for each thing wrong. Where alternatives were tried, only the one that was
    meant is reported: by its `kind`, or by the fields that are written."""
    found: list[Finding] = []
    reported: set[Path] = set()
    for error in errors:
        branch_at = next((i for i, step in enumerate(error["loc"]) if step in _UNTAGGED), None)
        if branch_at is None:
            found.append(_finding(error, document))
            continue
        place = plain_path(error["loc"][:branch_at], document)
        meant = _branch_meant(_value_at(document, place))
        if meant == error["loc"][branch_at]:
            found.append(_finding(error, document))
        elif meant is None and place not in reported:
            reported.add(place)
            found.append(_off_finding(place, error["loc"][:branch_at]))
    return found


def plain_path(location: Sequence[str | int], document: object) -> Path:
    """An error's location without the names of the alternatives that were tried."""
    path: list[str | int] = []
    value: Any = document
    for index, step in enumerate(location):
        last = index == len(location) - 1
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and step < len(value) else None
        elif isinstance(value, Mapping) and step in value:
            value = value[step]
        elif (
            step in _UNTAGGED or (not last and isinstance(value, Mapping)) or _is_kind(value, step)
        ):
            continue
        path.append(step)
    return tuple(path)


def _is_kind(value: object, step: str | int) -> bool:
    return isinstance(value, Mapping) and value.get("kind") == step


def _value_at(document: object, path: Path) -> object:
    value: Any = document
    for step in path:
        value = value[step]
    return value


def _branch_meant(value: object) -> str | None:
    if not isinstance(value, Mapping):
        return None
    for name, branch in _UNTAGGED.items():
        if {field.name for field in fields(branch)} == set(value):
            return name
    return None


def _off_finding(place: Path, location: Sequence[str | int]) -> Finding:
    choices = [cls for cls in _classes_at(location) if cls.__name__ in _UNTAGGED]
    names = " | ".join(field.name for cls in choices for field in fields(cls))
    return Finding(
        written(place), f"须写且只写其中一个字段：{names}", f"write exactly one field of: {names}"
    )


def _finding(error: ErrorDetails, document: Mapping[str, object]) -> Finding:
    zh, en = _words(error)
    return Finding(written(plain_path(error["loc"], document)), zh, en)


def _words(error: ErrorDetails) -> tuple[str, str]:
    kind, context = error["type"], error.get("ctx", {})
    if kind in _TYPES:
        zh, en = _TYPES[kind]
        shown = _shown(error["input"])
        return f"应为{zh}，现在是 {shown}", f"must be {en}, not {shown}"
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        return _unknown_field(error["loc"])
    if kind in _FIXED:
        return _FIXED[kind]
    if kind == "union_tag_invalid":
        return _unknown_word(str(context["tag"]), _listed(str(context["expected_tags"])), "kind")
    if kind in ("enum", "literal_error"):
        return _unknown_word(str(error["input"]), _listed(str(context["expected"])), "值")
    return _senseless(context.get("error"), error["msg"].removeprefix("Value error, "))


def _senseless(cause: object, text: str) -> tuple[str, str]:
    if isinstance(cause, SenselessValue):
        return cause.zh, cause.en
    return f"值不合理：{text}", f"makes no sense: {text}"


def _unknown_field(location: Sequence[str | int]) -> tuple[str, str]:
    allowed = [field.name for cls in _classes_at(location[:-1]) for field in fields(cls)]
    near = get_close_matches(str(location[-1]), allowed, 1)
    zh = f"没有这个字段，是否想写 {near[0]}？" if near else "没有这个字段，请删去。"
    en = f"is no field here: did you mean {near[0]}?" if near else "is no field here: remove it."
    listed = ", ".join(allowed)
    return f"{zh}可用字段：{listed}", f"{en} Fields: {listed}"


def _unknown_word(word: str, allowed: Sequence[str], what: str) -> tuple[str, str]:
    near = get_close_matches(word, allowed, 1)
    listed = ", ".join(allowed)
    zh = f"没有 {what} {word!r}" if what == "kind" else f"{word!r} 不是可用的值"
    en = f"there is no kind {word!r}" if what == "kind" else f"{word!r} is no value to write here"
    if near:
        zh, en = f"{zh}，是否想写 {near[0]}？", f"{en}: did you mean {near[0]}?"
    return f"{zh}（可用：{listed}）", f"{en} (one of: {listed})"


def _listed(expected: str) -> list[str]:
    """Pydantic's "'A', 'B' or 'C'" as words."""
    return [part for part in expected.split("'")[1::2] if part]


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _classes_at(location: Sequence[str | int]) -> list[Any]:
    """The values that may stand at a location of the document, told by its alternatives' names."""
    classes: list[Any] = [Promotion]
    for step in location:
        if isinstance(step, int):
            continue
        named = [cls for cls in classes if step in (cls.__name__, _kind_of(cls))]
        if named:
            classes = named
        else:
            hints = [get_type_hints(cls).get(step) for cls in classes]
            classes = [cls for hint in hints for cls in _classes_in(hint)]
    return classes


def _kind_of(cls: Any) -> object:
    return getattr(cls.__dataclass_fields__.get("kind"), "default", None)


def _classes_in(hint: object) -> list[Any]:
    if is_dataclass(hint):
        return [hint]
    return [cls for part in get_args(hint) for cls in _classes_in(part)]
