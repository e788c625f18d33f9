"""Who excludes whom (design §2, Legality)."""

from app.domain.promotions.benefits import PointsRedemption
from app.domain.promotions.legality import rivals
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.terms import Lane
from tests.domain.promotions.builders import batch, promotion

POINTS = PointsRedemption(points_per_step=1, fen_per_step=1)


def clash(one: Promotion, other: Promotion) -> bool:
    first, second = rivals([one, other])
    assert bool(first) == bool(second), "a clash is mutual"
    assert (first, second) in ((0, 0), (0b10, 0b01))
    return bool(first)


def names(*others: str) -> frozenset[str]:
    return frozenset(others)


def test_one_lane_takes_one_unless_each_names_the_other() -> None:
    assert clash(promotion("A", 1), promotion("B", 1))
    assert clash(promotion("A", 1, stacks_with=names("B")), promotion("B", 1))
    assert not clash(
        promotion("A", 1, stacks_with=names("B")), promotion("B", 1, stacks_with=names("A"))
    )


def test_a_tag_names_all_that_carry_it() -> None:
    tagged = promotion("A", 1, tags=names("x"), stacks_with=names("B"))
    assert not clash(tagged, promotion("B", 1, stacks_with=names("tag:x")))
    assert clash(tagged, promotion("B", 1, stacks_with=names("x")))


def test_lanes_do_not_clash_with_each_other() -> None:
    assert not clash(promotion("A", 1), promotion("B", 1, Lane.PAYMENT))


def test_exclusive_is_alone_in_the_whole_order() -> None:
    alone = promotion("A", 1, Lane.UNIT_PRICE, exclusive=True, stacks_with=names("B"))
    for lane in (Lane.UNIT_PRICE, Lane.ACTIVITY, Lane.PAYMENT):
        assert clash(alone, promotion("B", 1, lane, stacks_with=names("A")))
    assert clash(alone, promotion("P", POINTS, Lane.POINTS))


def test_a_group_overrides_a_handshake_and_lanes() -> None:
    group = {"exclusivity_group": "g"}
    one = promotion("A", 1, stacks_with=names("B"), **group)
    assert clash(one, promotion("B", 1, stacks_with=names("A"), **group))
    assert clash(one, promotion("C", 1, Lane.PAYMENT, **group))
    assert not clash(one, promotion("C", 1, Lane.PAYMENT, exclusivity_group="h"))


def test_refused_lanes_clash_whoever_refuses() -> None:
    refuser = promotion("A", 1, refuses_lanes=frozenset({Lane.PAYMENT}))
    assert clash(refuser, promotion("B", 1, Lane.PAYMENT))
    assert clash(promotion("B", 1, Lane.PAYMENT), refuser)
    assert not clash(refuser, promotion("B", 1, Lane.UNIT_PRICE))


def test_a_batch_stacks_with_itself_only_by_naming_itself() -> None:
    plain = batch("A", 1)
    assert clash(plain, plain)
    own = batch("A", 1, stacks_with=names("A"))
    assert not clash(own, own)


def test_two_points_redemptions_never_shake_hands() -> None:
    one = promotion("A", POINTS, Lane.POINTS, stacks_with=names("B"))
    assert clash(one, promotion("B", POINTS, Lane.POINTS, stacks_with=names("A")))


def test_nobody_is_a_rival_of_himself() -> None:
    many = [promotion(code, 1, exclusive=True) for code in "ABC"]
    assert rivals(many) == [0b110, 0b101, 0b011]
