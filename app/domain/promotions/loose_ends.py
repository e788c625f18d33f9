"""Names in `stacks_with` that change nothing: worth a word to the operator, no error.

A handshake takes two (design §2, Legality), and its other hand may be published later.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.promotions.legality import names_of
from app.domain.promotions.promotion import Promotion


@dataclass(frozen=True, slots=True, order=True)
class LooseEnd:
    """`code` names `name`; `answered_by_nobody`: such a promotion exists, but none that is meant
    names `code` in turn; else there is no such promotion."""

    code: str
    name: str
    answered_by_nobody: bool


def loose_ends(published: Iterable[Promotion], all_live: Iterable[Promotion]) -> list[LooseEnd]:
    """Those of the promotions published, among all that are then live; by code and name."""
    by_name: dict[str, list[Promotion]] = {}
    for promotion in all_live:
        for name in names_of(promotion):
            by_name.setdefault(name, []).append(promotion)
    found: list[LooseEnd] = []
    for promotion in published:
        own_names = frozenset(names_of(promotion))
        for name in promotion.stacks_with:
            meant = by_name.get(name, [])
            if not any(own_names & other.stacks_with for other in meant):
                found.append(LooseEnd(promotion.code, name, answered_by_nobody=bool(meant)))
    return sorted(found)
