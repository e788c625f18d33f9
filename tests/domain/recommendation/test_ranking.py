"""Orders of the station list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.pricing.fill import AmountFill, LitresFill
from app.domain.recommendation.ranking import (
    Field,
    Ordering,
    ReasonForRank,
    Standing,
    compared_volume_ml,
    rank_key,
    ranked,
    reason_for_rank,
    trip_cost_fen,
    way_cost_fen,
)

FILL = AmountFill(20_000)
STANDINGS = st.lists(
    st.builds(
        Standing,
        station_id=st.integers(1, 10_000),
        distance_m=st.one_of(st.none(), st.integers(0, 100_000)),
        unit_price_mill=st.one_of(st.none(), st.integers(1, 20_000)),
    ),
    unique_by=lambda standing: standing.station_id,
    max_size=30,
)


def ids(ordering: Ordering, *standings: Standing) -> list[int]:
    return [standing.station_id for _, standing in ranked(ordering, standings, FILL)]


def test_effective_price_is_price_then_distance_then_id() -> None:
    assert ids(
        Ordering.EFFECTIVE_PRICE,
        Standing(station_id=5, distance_m=10, unit_price_mill=None),
        Standing(station_id=4, distance_m=10, unit_price_mill=7_100),
        Standing(station_id=3, distance_m=900, unit_price_mill=7_000),
        Standing(station_id=2, distance_m=800, unit_price_mill=7_000),
        Standing(station_id=1, distance_m=900, unit_price_mill=7_000),
    ) == [2, 1, 3, 4, 5]


def test_distance_is_distance_then_id() -> None:
    assert ids(
        Ordering.DISTANCE,
        Standing(station_id=3, distance_m=5, unit_price_mill=1),
        Standing(station_id=2, distance_m=4),
        Standing(station_id=1, distance_m=5, unit_price_mill=9_999),
    ) == [2, 1, 3]


def test_recommended_weighs_the_price_against_the_way() -> None:
    # 25 litres are compared: 1 jiao a litre is 2.50 yuan, the way of 1.9 km costs 2.47.
    near = Standing(station_id=1, distance_m=100, unit_price_mill=7_100)
    cheap = Standing(station_id=2, distance_m=2_000, unit_price_mill=7_000)
    farther = Standing(station_id=3, distance_m=2_100, unit_price_mill=7_000)
    assert trip_cost_fen(near, FILL) == 17_750 + 13
    assert trip_cost_fen(cheap, FILL) == 17_500 + 260
    assert ids(Ordering.RECOMMENDED, farther, near, cheap) == [2, 1, 3]


def test_a_dear_station_does_not_rise_by_a_large_discount() -> None:
    discounted = Standing(station_id=1, distance_m=0, unit_price_mill=7_900, pump_price_mill=8_900)
    plain = Standing(station_id=2, distance_m=0, unit_price_mill=7_500, pump_price_mill=7_500)
    assert ids(Ordering.RECOMMENDED, discounted, plain) == [2, 1]


@pytest.mark.parametrize(
    ("fill", "volume_ml"),
    [(AmountFill(20_000), 25_000), (LitresFill(40_000), 40_000), (AmountFill(1), 1)],
)
def test_all_stations_are_compared_at_one_volume(
    fill: AmountFill | LitresFill, volume_ml: int
) -> None:
    assert compared_volume_ml(fill) == volume_ml


def test_a_kilometre_costs_what_is_written_down() -> None:
    assert [way_cost_fen(metres) for metres in (0, 3, 4, 1_000, 10_000)] == [0, 0, 1, 130, 1_300]


@pytest.mark.parametrize("ordering", Ordering)
@given(standings=STANDINGS)
def test_keys_order_totally(ordering: Ordering, standings: list[Standing]) -> None:
    keys = [rank_key(ordering, standing, FILL) for standing in standings]
    assert len(set(keys)) == len(keys)
    assert [key for key, _ in ranked(ordering, standings, FILL)] == sorted(keys)


@pytest.mark.parametrize("ordering", Ordering)
@given(standings=STANDINGS, size=st.integers(1, 7))
def test_pages_by_key_give_every_station_once(
    ordering: Ordering, standings: list[Standing], size: int
) -> None:
    whole = [standing for _, standing in ranked(ordering, standings, FILL)]
    walked: list[Standing] = []
    after = None
    while page := ranked(ordering, standings, FILL, after)[:size]:
        walked += [standing for _, standing in page]
        after = page[-1][0]
    assert walked == whole


@pytest.mark.parametrize("ordering", Ordering)
@given(standings=STANDINGS.filter(len), data=st.data())
def test_a_page_goes_on_where_its_last_station_has_gone(
    ordering: Ordering, standings: list[Standing], data: st.DataObject
) -> None:
    whole = ranked(ordering, standings, FILL)
    place = data.draw(st.integers(0, len(whole) - 1))
    key, gone = whole[place]
    rest = [standing for standing in standings if standing is not gone]
    assert ranked(ordering, rest, FILL, key) == whole[place + 1 :]


@pytest.mark.parametrize(
    ("standing", "reason"),
    [
        (Standing(station_id=1, distance_m=9, unit_price_mill=9_000), ReasonForRank.USUAL_STATION),
        (Standing(station_id=2, distance_m=9, unit_price_mill=7_000), ReasonForRank.CHEAPEST),
        (Standing(station_id=3, distance_m=5, unit_price_mill=8_000), ReasonForRank.NEAREST),
        (
            Standing(station_id=4, distance_m=9, unit_price_mill=8_000, pump_price_mill=8_100),
            ReasonForRank.OFFERS_APPLY,
        ),
        (Standing(station_id=5, distance_m=9, unit_price_mill=8_000, pump_price_mill=8_000), None),
        (Standing(station_id=1, distance_m=1, unit_price_mill=None), None),
    ],
)
def test_the_reason_is_the_first_that_is_true(
    standing: Standing, reason: ReasonForRank | None
) -> None:
    assert reason_for_rank(standing, Field(7_000, 5, frozenset({1}))) is reason


def test_only_stations_that_sell_the_grade_set_the_field() -> None:
    field = Field.of(
        [
            Standing(station_id=1, distance_m=1, unit_price_mill=None),
            Standing(station_id=2, distance_m=7, unit_price_mill=8_000),
            Standing(station_id=3, distance_m=9, unit_price_mill=7_000),
        ]
    )
    assert (field.cheapest_mill, field.nearest_m) == (7_000, 7)
    assert Field.of([]).cheapest_mill is None
