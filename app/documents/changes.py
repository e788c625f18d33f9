"""What differs between two documents, field by field."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.documents.findings import Path, written


@dataclass(frozen=True, slots=True)
class Change:
    """`path` as a reader writes it. `before` or `after` MISSING: there is none."""

    path: str
    before: object
    after: object


MISSING = object()


def changes(before: object, after: object, path: Path = ()) -> Iterator[Change]:
    """Of plain JSON values; in the order of the fields. Lists of plain words are one value."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in dict.fromkeys((*before, *after)):
            yield from changes(
                before.get(name, MISSING), after.get(name, MISSING), (*path, str(name))
            )
    elif _of_objects(before) and _of_objects(after):
        yield from _in_lists(before, after, path)
    elif before is MISSING or after is MISSING or before != after:
        yield Change(written(path), before, after)


def _of_objects(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(part, Mapping) for part in value)


def _in_lists(before: Any, after: Any, path: Path) -> Iterator[Change]:
    for index in range(max(len(before), len(after))):
        one = before[index] if index < len(before) else MISSING
        other = after[index] if index < len(after) else MISSING
        yield from changes(one, other, (*path, index))
