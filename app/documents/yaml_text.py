"""YAML text as plain JSON values, and the line of each.

Only JSON's scalars are read as such: `22:00`, `2026-06-30`, `no` and `010` stay the words that
were written (YAML 1.1 would make 1320, a date, False and 8 of them). JSON is read too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from app.documents.findings import DocumentInvalid, Finding
from app.documents.findings import Path as Steps

MAX_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 40
MAX_NODES = 500_000
"""Counted with aliases written out, so that a small file cannot grow without bound."""

_SCALARS = (
    ("tag:yaml.org,2002:null", re.compile(r"(?:null|~|)$"), ["n", "~", ""]),
    ("tag:yaml.org,2002:bool", re.compile(r"(?:true|false)$"), list("tf")),
    ("tag:yaml.org,2002:int", re.compile(r"(?:0|-?[1-9][0-9]*)$"), list("-0123456789")),
    ("tag:yaml.org,2002:float", re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+$"), list("-0123456789")),
)


class _Loader(yaml.CSafeLoader):
    """The C loader with JSON's scalars only."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}  # pyright: ignore[reportIncompatibleVariableOverride]


for _tag, _pattern, _first in _SCALARS:
    _Loader.add_implicit_resolver(_tag, _pattern, _first)


@dataclass(frozen=True, slots=True)
class Text:
    """A document's value, and where its parts were written."""

    value: object
    root: Node

    def line(self, path: Steps) -> int:
        """The line (from 1) of the deepest part of `path` that is written."""
        node = self.root
        for step in path:
            child = _child(node, step)
            if child is None:
                break
            node = child
        return int(node.start_mark.line) + 1


def read_text(path: Path) -> Text:
    """The document in a file of UTF-8 (a byte-order mark is passed over).

    Raises DocumentInvalid: not UTF-8, empty, too large, no YAML, a key twice. OSError: as it is.
    """
    raw = path.read_bytes()
    if len(raw) > MAX_BYTES:
        raise _invalid(
            f"文件超过 {MAX_BYTES} 字节，请拆开", f"the file is over {MAX_BYTES} bytes: split it"
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _invalid(
            f"第 {error.start} 字节起不是 UTF-8，请另存为 UTF-8 编码",
            f"byte {error.start} is not UTF-8: save the file as UTF-8",
            raw[: error.start].count(b"\n") + 1,
        ) from error
    return parse_text(text)


def parse_text(text: str) -> Text:
    """As `read_text`, of text at hand."""
    if not text.strip():
        raise _invalid("文件是空的", "the file is empty")
    root = _compose(text)
    if root is None:
        raise _invalid("文件里只有注释", "the file holds nothing but comments")
    duplicates = list(_duplicate_keys(root))
    if duplicates:
        raise DocumentInvalid(duplicates)
    loader = _Loader("")
    try:
        return Text(loader.construct_document(root), root)
    except yaml.YAMLError as error:
        raise _syntax(error) from error
    except ValueError as error:
        raise _invalid(
            f"标签与值不符：{error}", f"a tag does not fit its value: {error}"
        ) from error
    finally:
        loader.dispose()


def _compose(text: str) -> Node | None:
    loader = _Loader(text)
    try:
        return loader.get_single_node()
    except yaml.YAMLError as error:
        raise _syntax(error) from error
    finally:
        loader.dispose()


def _duplicate_keys(root: Node) -> Iterator[Finding]:
    """A key written twice (YAML keeps the last in silence). Bounds depth and size on the way."""
    waiting: list[tuple[Node, int]] = [(root, 0)]
    seen = 0
    while waiting:
        node, depth = waiting.pop()
        seen += 1
        if depth > MAX_DEPTH or seen > MAX_NODES:
            raise _invalid(
                "文档嵌套过深或别名展开后过大", "the document nests too deep or grows too large"
            )
        if isinstance(node, SequenceNode):
            waiting.extend((item, depth + 1) for item in reversed(node.value))
        elif isinstance(node, MappingNode):
            waiting.extend((value, depth + 1) for _, value in reversed(node.value))
            yield from _repeated(node)


def _repeated(node: MappingNode) -> Iterator[Finding]:
    keys: set[str] = set()
    for key, _ in node.value:
        name = key.value if isinstance(key, ScalarNode) else None
        line = int(key.start_mark.line) + 1
        if name is None:
            yield Finding("", "字段名必须是一个词", "a field's name must be one word", line)
        elif name in keys:
            yield Finding(
                name,
                "同一处写了两次，请删去一个",
                "is written twice in one place: remove one",
                line,
            )
        else:
            keys.add(name)


def _child(node: Node, step: str | int) -> Node | None:
    if isinstance(node, SequenceNode) and isinstance(step, int):
        return node.value[step] if step < len(node.value) else None
    if isinstance(node, MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    return None


def _syntax(error: yaml.YAMLError) -> DocumentInvalid:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    line = None if mark is None else int(mark.line) + 1
    return _invalid(f"不是正确的 YAML：{problem}", f"is no valid YAML: {problem}", line)


def _invalid(zh: str, en: str, line: int | None = None) -> DocumentInvalid:
    return DocumentInvalid([Finding("", zh, en, line)])
