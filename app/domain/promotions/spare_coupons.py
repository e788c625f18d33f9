"""Coupons of a batch that no best combination needs, because others of the batch come first.

Why leaving them out changes no answer. Coupons of one batch share all terms: at any running state
each takes off the same. They stand together in application order, by (expiry, id). Take a legal
combination that holds coupon c and not c', of the same batch, with c' before c and both usable.
With c' in place of c every member applies at the same running state, so payable, number of coupons,
points and members are the same, and legality too, which is a matter of terms. The sorted expiries
do not rise, since that of c' is not later; where they stay the same, the two expire together, c'
has the lower id, and the names at the first difference are lower. So the other combination comes
first in the order of design §2 (Choice). Hence the best one holds, of each batch, the first ones
that are usable: one where the batch does not stack with itself, at most `max_offers` where it does.

A coupon that the combination must hold stays whatever stands before it.
"""

from collections.abc import Iterable

from app.domain.promotions.contender import Contender


def without_spare_coupons(
    contenders: Iterable[Contender], must: int, max_offers: int
) -> list[Contender]:
    """The contenders, in their order, less the spare ones. `must`: bit set of ranks to keep."""
    kept: list[Contender] = []
    first: Contender | None = None
    taken = 0
    for contender in contenders:
        entry = contender.entry
        if not entry.is_coupon:
            kept.append(contender)
            continue
        if first is None or first.entry.promotion is not entry.promotion:
            first, taken = contender, 0
        spare = taken >= max_offers or (taken > 0 and bool(entry.rivals & first.entry.bit))
        if not spare or must & entry.bit:
            kept.append(contender)
        taken += not spare
    return kept
