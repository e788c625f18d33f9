"""Promotions beside one another: hands held out in vain, and what another one always outdoes.

That two of one lane exclude each other is how lanes work, and worth no word.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from itertools import combinations

from app.domain.promotions.benefits import Benefit
from app.domain.promotions.benefits.amount_off import AmountOff
from app.domain.promotions.benefits.per_litre_off import PerLitreOff
from app.domain.promotions.benefits.percent_off import PercentOff
from app.domain.promotions.benefits.platform_price import PlatformPrice
from app.domain.promotions.legality import names_of
from app.domain.promotions.loose_ends import loose_ends
from app.domain.promotions.promotion import Promotion, Validity
from app.domain.promotions.review.remark import Remark, Severity

_MAY_DIFFER = frozenset(
    {"code", "title", "benefit", "conditions", "validity", "sequence", "cap_fen", "funding"}
)
_SAME = tuple(field.name for field in fields(Promotion) if field.name not in _MAY_DIFFER)
MOST_CONDITIONS = 8
MOST_RIVALS = 20
"""Beyond these, remarks are not worth the time that finding them takes."""


def handshakes(published: Sequence[Promotion], everyone: Sequence[Promotion]) -> Iterator[Remark]:
    """On names in `stacks_with` that change nothing."""
    for end in loose_ends(published, everyone):
        zh = (
            f"{end.name} 没有写回来，两者不能叠加；让对方也写上，或删去"
            if end.answered_by_nobody
            else f"没有叫 {end.name} 的活动；请核对，或删去"
        )
        en = (
            f"{end.name} does not name this one in turn, so they do not stack: let it, or drop this"
            if end.answered_by_nobody
            else f"there is no promotion called {end.name}: check it, or drop it"
        )
        yield Remark(code=end.code, path=("stacks_with",), severity=Severity.WARNING, zh=zh, en=en)
    by_code = {promotion.code: promotion for promotion in everyone}
    for promotion in published:
        for name in sorted(promotion.stacks_with):
            other = by_code.get(name)
            if other is not None and promotion.stacks_with & set(names_of(other)):
                yield from _in_vain(promotion, other)


def _in_vain(promotion: Promotion, other: Promotion) -> Iterator[Remark]:
    """A mutual handshake that something stronger overrides."""
    if promotion.code == other.code or not other.stacks_with & set(names_of(promotion)):
        return
    group = promotion.exclusivity_group
    if group is not None and group == other.exclusivity_group:
        field, what = "exclusivity_group", f"exclusivity_group {group}"
    elif promotion.exclusive or other.exclusive:
        field, what = "exclusive", "exclusive"
    elif other.lane in promotion.refuses_lanes or promotion.lane in other.refuses_lanes:
        field, what = "refuses_lanes", "refuses_lanes"
    else:
        return
    yield Remark(
        code=promotion.code,
        path=("stacks_with",),
        severity=Severity.WARNING,
        zh=f"与 {other.code} 互相写了叠加，但 {what} 使两者永远互斥；改 {field} 或删去叠加",
        en=f"it and {other.code} name each other, but {what} makes them always exclude each other: "
        f"change `{field}`, or drop the names",
    )


def outdone(published: Iterable[Promotion], everyone: Sequence[Promotion]) -> Iterator[Remark]:
    """On those that another one always outdoes: that one holds whenever they do, takes off at
    least as much, and is in no worse company."""
    named = {name for promotion in everyone for name in promotion.stacks_with}
    shelves: dict[object, list[Promotion]] = {}
    for promotion in everyone:
        if _plain(promotion):
            shelves.setdefault(_shelf(promotion, promotion.conditions), []).append(promotion)
    for promotion in published:
        if not _plain(promotion) or promotion.code in named:
            continue
        better = next((o for o in _rivals(promotion, shelves) if _outdoes(o, promotion)), None)
        if better is not None:
            yield Remark(
                code=promotion.code,
                path=("benefit",),
                severity=Severity.WARNING,
                zh=f"凡它可用时 {better.code} 也可用且减得不少，两者不能叠加，它用不上；停用其一或改条件",
                en=f"whenever it holds, {better.code} holds too and takes off no less, and they do "
                "not stack: it is never needed; drop one, or change the conditions",
            )


def _plain(promotion: Promotion) -> bool:
    """Automatic, running, and without bounds that would let another one in."""
    bounded = promotion.limits or promotion.budget_fen is not None or promotion.delivery
    return not (bounded or promotion.paused)


def _shelf(promotion: Promotion, conditions: Iterable[object]) -> object:
    """All that must be the same for one to outdo the other, beside conditions at least as weak."""
    same = tuple(getattr(promotion, name) for name in _SAME)
    return (*same, promotion.benefit.kind, frozenset(conditions))


def _rivals(promotion: Promotion, shelves: dict[object, list[Promotion]]) -> Iterator[Promotion]:
    """Those of the same make whose conditions are some of this one's."""
    conditions = promotion.conditions
    if len(conditions) > MOST_CONDITIONS:
        return
    for size in range(len(conditions) + 1):
        for some in combinations(conditions, size):
            for other in shelves.get(_shelf(promotion, some), ())[:MOST_RIVALS]:
                if other.code != promotion.code:
                    yield other


def _outdoes(better: Promotion, promotion: Promotion) -> bool:
    return (
        _lasts(better.validity, promotion.validity)
        and _freer(better.cap_fen, promotion.cap_fen)
        and _no_weaker(better.benefit, promotion.benefit)
        and not _stack(better, promotion)
        and not (better.code > promotion.code and _says_the_same(better, promotion))
    )


def _lasts(theirs: Validity, ours: Validity) -> bool:
    """Whether `theirs` covers all of `ours`."""
    begins = theirs.starts_at is None or (
        ours.starts_at is not None and theirs.starts_at <= ours.starts_at
    )
    ends = theirs.ends_at is None or (ours.ends_at is not None and theirs.ends_at >= ours.ends_at)
    return begins and ends


def _freer(theirs_fen: int | None, ours_fen: int | None) -> bool:
    return theirs_fen is None or (ours_fen is not None and theirs_fen >= ours_fen)


def _says_the_same(one: Promotion, other: Promotion) -> bool:
    """Of two such, only the later by code is remarked on."""
    return (
        one.benefit == other.benefit
        and one.validity == other.validity
        and one.cap_fen == other.cap_fen
        and frozenset(one.conditions) == frozenset(other.conditions)
    )


def _stack(one: Promotion, other: Promotion) -> bool:
    return bool(one.stacks_with & set(names_of(other)) and other.stacks_with & set(names_of(one)))


def _no_weaker(better: Benefit, benefit: Benefit) -> bool:
    match better, benefit:
        case AmountOff(off_fen=more), AmountOff(off_fen=less):
            return more >= less
        case PerLitreOff(off_mill_per_litre=more), PerLitreOff(off_mill_per_litre=less):
            return more >= less
        case PercentOff(off_bp=more), PercentOff(off_bp=less):
            return more >= less
        case PlatformPrice(price_mill_per_litre=low), PlatformPrice(price_mill_per_litre=high):
            return low <= high
        case _:
            return better == benefit
