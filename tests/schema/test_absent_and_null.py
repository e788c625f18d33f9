"""What a client leaves out and what it sets to null mean the same, wherever null is allowed."""

import pytest

from app.domain.profiles.member import Member
from app.resolvers.keys import StationKey
from app.schema import ids
from tests.fakes.world import World, station

NEAR = "near: {latitude: 39.9, longitude: 116.39, datum: WGS84}"
EDGES = "{ edges { node { id } } pageInfo { hasNextPage } }"
STATION = ids.encode(StationKey(1))
INPUT = f'stationId: "{STATION}", fuelGrade: GASOLINE_92, fill: {{pumpAmountFen: 20000}}'
PAIRS = [
    (
        f"stations({NEAR}) {EDGES}",
        f"stations({NEAR}, fuelGrade: null, filter: null, fill: null, after: null) {EDGES}",
    ),
    (
        f"stations({NEAR}) {EDGES}",
        (
            f"stations({NEAR}, filter: {{brands: null, amenities: null, openNow: null, text: null,"
            f" favouritesOnly: null, regionCode: null, offerId: null, couponId: null}}) {EDGES}"
        ),
    ),
    (f"offers {EDGES}", f"offers(near: null, lane: null, after: null) {EDGES}"),
    (
        f'station(id: "{STATION}") {{ products {{ id }} offers {EDGES} }}',
        (
            f'station(id: "{STATION}") {{ products(fuelGrade: null) {{ id }}'
            f" offers(fuelGrade: null, after: null) {EDGES} }}"
        ),
    ),
    (
        f'station(id: "{STATION}") {{ products {{ effectivePrice {{ litres }} }} }}',
        f'station(id: "{STATION}") {{ products {{ effectivePrice(fill: null) {{ litres }} }} }}',
    ),
    (f"viewer {{ offers {EDGES} }}", f"viewer {{ offers(after: null, stationId: null) {EDGES} }}"),
    (
        f"viewer {{ wallet {{ coupons(status: USABLE) {EDGES} }} }}",
        f"viewer {{ wallet {{ coupons(usableAt: null, after: null) {EDGES} }} }}",
    ),
    (
        f"checkoutPreview(input: {{{INPUT}}}) {{ preview {{ payable {{ fen }} }} userErrors {{ code }} }}",
        (
            f"checkoutPreview(input: {{{INPUT}, nozzleNo: null, choice: null, usePoints: null,"
            " paymentMethod: null}) { preview { payable { fen } } userErrors { code } }"
        ),
    ),
    (
        f"checkoutPreview(input: {{{INPUT}, choice: {{}}}}) {{ preview {{ payable {{ fen }} }} userErrors {{ code }} }}",
        (
            f"checkoutPreview(input: {{{INPUT}, choice: {{couponIds: null}}}})"
            " { preview { payable { fen } } userErrors { code } }"
        ),
    ),
]


@pytest.mark.parametrize(("absent", "null"), PAIRS)
async def test_null_is_absent(absent: str, null: str):
    world = World.of([station(1), station(2)])
    world.join(Member(user_id=1, nickname=None, phone_masked=None))
    left_out = await world.ask(f"{{ {absent} }}", user_id=1)
    assert await world.ask(f"{{ {null} }}", user_id=1) == left_out


@pytest.mark.parametrize(
    "fill",
    [
        "{}",
        "{pumpAmountFen: null}",
        '{pumpAmountFen: 100, litres: "1"}',
        "{pumpAmountFen: 2147483648}",
    ],
)
async def test_a_fill_is_exactly_one_of_amount_and_litres(fill: str):
    result = await World.of([station(1)]).execute(f"{{ stations({NEAR}, fill: {fill}) {EDGES} }}")
    assert result.data is None
    assert result.errors
