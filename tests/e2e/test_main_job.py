"""Where do I refuel cheapest, for me, now, and what exactly will I pay? Over HTTP, to the fen."""

import pytest

from tests.e2e.live import document, variables

PERSONAS = (
    "new-user",
    "regular",
    "gold-member",
    "lapsed",
    "heavy-coupon-holder",
    "non-personalised",
    "diesel-driver",
    "premium-98",
    "english-speaker",
)
BEIJING = {"latitude": 39.9042, "longitude": 116.4074, "datum": "WGS84"}

LIST = """
query ($near: CoordinatesInput!, $grade: FuelGrade!, $fill: FillInput, $sort: StationSort!) {
  stations(near: $near, radiusMeters: 30000, fuelGrade: $grade, fill: $fill, sort: $sort,
           first: 100) {
    edges { distanceMeters node { id product(fuelGrade: $grade) {
      id effectivePrice(fill: $fill) {
        unitPrice { perLitre } payable { fen } pumpAmount { fen } savings { fen } litres
        appliedOffers { discount { fen } }
      } } } }
  }
}
"""
PREVIEW = """
query ($input: CheckoutPreviewInput!) {
  checkoutPreview(input: $input) {
    preview {
      litres pumpAmount { fen } feeTotal { fen } discountTotal { fen } payable { fen }
      effectivePrice { perLitre } product { id } station { id }
      lines { kind amount { fen } runningTotal { fen } }
      applied { discount { fen } }
      optimality { exact lowerBound { fen } forgone { fen } }
    }
    userErrors { code message }
  }
}
"""


def listed(live, persona, fill, grade="GASOLINE_92", sort="EFFECTIVE_PRICE"):
    given = {"near": BEIJING, "grade": grade, "fill": fill, "sort": sort}
    return live.data(LIST, given, persona=persona)["stations"]["edges"]


def preview(live, persona, station_id, fill, grade="GASOLINE_92", **more):
    given = {"input": {"stationId": station_id, "fuelGrade": grade, "fill": fill, **more}}
    answer = live.data(PREVIEW, given, persona=persona)["checkoutPreview"]
    assert answer["userErrors"] == []
    return answer["preview"]


def check_sums(shown):
    """payable = pump amount + fee - discounts; the lines add up, one by one."""
    fen = {name: shown[name]["fen"] for name in ("pumpAmount", "feeTotal", "discountTotal")}
    payable = shown["payable"]["fen"]
    assert payable == fen["pumpAmount"] + fen["feeTotal"] - fen["discountTotal"]
    assert fen["discountTotal"] == sum(a["discount"]["fen"] for a in shown["applied"])
    running = 0
    for line in shown["lines"]:
        running += line["amount"]["fen"]
        assert line["runningTotal"]["fen"] == running
    assert running == payable
    assert shown["lines"][0]["kind"] == "PUMP_AMOUNT"
    if shown["optimality"]["exact"]:
        assert shown["optimality"]["lowerBound"]["fen"] == payable


@pytest.mark.parametrize("persona", [None, *PERSONAS])
def test_from_the_list_to_the_preview_the_price_stays(live, persona):
    """The headline of each station equals the quote for the same viewer and fill."""
    for fill in ({"pumpAmountFen": 20_000}, {"pumpAmountFen": 33_333}, {"litres": "41.5"}):
        edges = listed(live, persona, fill)
        assert len(edges) >= 2
        prices = [
            float(edge["node"]["product"]["effectivePrice"]["unitPrice"]["perLitre"])
            for edge in edges
        ]
        assert prices == sorted(prices)
        for edge in (edges[0], edges[len(edges) // 2], edges[-1]):
            card = edge["node"]["product"]["effectivePrice"]
            shown = preview(live, persona, edge["node"]["id"], fill)
            check_sums(shown)
            assert shown["payable"] == card["payable"]
            assert shown["pumpAmount"] == card["pumpAmount"]
            assert shown["litres"] == card["litres"]
            assert shown["effectivePrice"] == card["unitPrice"]
            assert card["savings"]["fen"] == shown["discountTotal"]["fen"]


@pytest.mark.parametrize("grade", ["GASOLINE_95", "GASOLINE_98", "DIESEL_0"])
def test_other_grades_too(live, grade):
    fill = {"pumpAmountFen": 50_000}
    priced = [edge for edge in listed(live, "gold-member", fill, grade) if edge["node"]["product"]]
    assert priced
    for edge in priced[:5]:
        card = edge["node"]["product"]["effectivePrice"]
        shown = preview(live, "gold-member", edge["node"]["id"], fill, grade)
        check_sums(shown)
        assert shown["payable"] == card["payable"]


def test_the_station_page_shows_the_price_of_the_list(live):
    first = listed(live, "regular", None)[0]["node"]
    given = variables("station") | {"id": first["id"]}
    page = live.data(document("station"), given, persona="regular")["station"]
    product = next(p for p in page["products"] if p["id"] == first["product"]["id"])
    assert product["effectivePrice"]["payable"]["formatted"].endswith(
        f"{first['product']['effectivePrice']['payable']['fen'] / 100:.2f}"
    )


def test_sorted_by_distance_the_nearest_is_first(live):
    distances = [
        edge["distanceMeters"]
        for edge in listed(live, "regular", {"pumpAmountFen": 20_000}, sort="DISTANCE")
    ]
    assert distances == sorted(distances)
    assert len(distances) > 3


def test_pages_join_without_gap_or_repetition(live):
    query = """query ($near: CoordinatesInput!, $first: Int!, $after: String) {
      stations(near: $near, radiusMeters: 30000, first: $first, after: $after) {
        edges { node { id } } pageInfo { hasNextPage endCursor } } }"""
    whole = live.data(query, {"near": BEIJING, "first": 100}, persona="regular")["stations"]
    joined, after = [], None
    while True:
        given = {"near": BEIJING, "first": 2, "after": after}
        page = live.data(query, given, persona="regular")["stations"]
        joined += [edge["node"]["id"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert joined == [edge["node"]["id"] for edge in whole["edges"]]
    assert len(joined) == len(set(joined)) > 3


def test_ones_own_choice_never_beats_the_best(live):
    station = listed(live, "heavy-coupon-holder", {"pumpAmountFen": 30_000})[0]["node"]["id"]
    fill = {"pumpAmountFen": 30_000}
    best = preview(live, "heavy-coupon-holder", station, fill)
    without = preview(live, "heavy-coupon-holder", station, fill, choice={"couponIds": []})
    check_sums(without)
    assert without["payable"]["fen"] >= best["payable"]["fen"]
    difference = without["payable"]["fen"] - best["payable"]["fen"]
    assert without["optimality"]["forgone"]["fen"] == difference


def test_a_member_and_a_guest_see_their_own_prices(live):
    fill = {"pumpAmountFen": 20_000}
    guest, member = listed(live, None, fill), listed(live, "heavy-coupon-holder", fill)
    cards = {
        edge["node"]["id"]: edge["node"]["product"]["effectivePrice"]["payable"]["fen"]
        for edge in guest
    }
    cheaper = [
        edge
        for edge in member
        if edge["node"]["product"]["effectivePrice"]["payable"]["fen"] < cards[edge["node"]["id"]]
    ]
    assert len(guest) == len(member)
    assert cheaper


def test_a_quote_is_signed_only_when_it_is_asked_for_and_is_never_kept(live):
    given = variables("checkout-preview")
    answer = live.ask(document("checkout-preview"), given, persona="regular")
    quote = answer.json()["data"]["checkoutPreview"]["preview"]["quote"]
    assert answer.headers["cache-control"] == "private, no-store"
    assert quote["requiresSignIn"] is False
    assert len(quote["token"].split(".")) == 3
    guest = live.ask(document("checkout-preview"), given)
    assert guest.json()["data"]["checkoutPreview"]["preview"]["quote"]["requiresSignIn"] is True
    assert guest.headers["cache-control"] == "private, no-store"


def test_texts_follow_the_language(live):
    chinese = live.ask(document("stations"), variables("stations"), persona="regular")
    english = live.ask(
        document("stations"),
        variables("stations"),
        persona="regular",
        headers={"Accept-Language": "en-GB,en;q=0.9"},
    )
    assert chinese.headers["content-language"] == "zh-CN"
    assert english.headers["content-language"] == "en"
    assert "/升" in chinese.text
    assert "/升" not in english.text


def test_the_channel_reaches_the_engine(live):
    """Some offers are for the mini-program alone: its prices are never above those elsewhere by
    that, and somewhere they differ."""
    query, given = document("stations"), variables("stations") | {"first": 100}
    answers = {
        channel: live.data(query, given, persona="regular", headers={"Youhui-Channel": channel})[
            "stations"
        ]["edges"]
        for channel in ("mini-program", "h5", "app")
    }
    payable = {
        channel: {
            e["node"]["id"]: e["node"]["product"]["effectivePrice"]["payable"]["fen"] for e in edges
        }
        for channel, edges in answers.items()
    }
    assert len({tuple(sorted(p.items())) for p in payable.values()}) > 1
