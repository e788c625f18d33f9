"""Preferences and favourite stations, as clients set them."""

import psycopg

from app.settings import without_driver

UPDATE = """
mutation ($input: UpdatePreferencesInput!) {
  updatePreferences(input: $input) {
    preferences {
      theme language usualFuelGrade usualFill { pumpAmount { fen } litres } usualPaymentMethod
      personalised topics { topic enabled }
    }
    userErrors { code path advice message }
  }
}
"""
FAVOUR = """
mutation ($id: ID!, $on: Boolean!) {
  setFavourite(input: {stationId: $id, favourite: $on}) {
    station { id isFavourite }
    userErrors { code path advice }
  }
}
"""
STATIONS = "{ stations(filter: {favouritesOnly: true}) { edges { node { id } } } }"
SOME = "{ stations(near: {latitude: 31.2304, longitude: 121.4737}, first: 3) { edges { node { id } } } }"


def update(live, persona, **given):
    return live.data(UPDATE, {"input": given}, persona=persona)["updatePreferences"]


def test_what_is_set_is_remembered_and_what_is_null_is_forgotten(live):
    before = update(live, "lapsed")["preferences"]
    topics = [{"topic": "REFERRAL", "enabled": False}]
    fill = {"litres": "35.500"}
    after = update(
        live, "lapsed", theme="DARK", usualFuelGrade="GASOLINE_95", usualFill=fill, topics=topics
    )["preferences"]
    assert after["theme"] == "DARK"
    assert after["usualFill"] == {"pumpAmount": None, "litres": "35.500"}
    assert {"topic": "REFERRAL", "enabled": False} in after["topics"]
    assert after["usualPaymentMethod"] == before["usualPaymentMethod"]
    assert update(live, "lapsed")["preferences"] == after
    forgotten = update(live, "lapsed", theme=None, usualFill=None)["preferences"]
    assert (forgotten["theme"], forgotten["usualFill"]) == ("SYSTEM", None)
    assert forgotten["usualFuelGrade"] == "GASOLINE_95"


def test_a_change_is_on_record_by_name_and_the_same_again_is_none(live, seeded_database_url):
    update(live, "diesel-driver", personalised=False)
    update(live, "diesel-driver", personalised=False)
    with psycopg.connect(without_driver(seeded_database_url)) as connection:
        rows = connection.execute(
            "SELECT before, after FROM audit_event WHERE act = 'preferences.change'"
            " AND after ->> 'changed' = 'personalised'"
        ).fetchall()
    assert rows == [({"personalised": True}, {"personalised": False, "changed": "personalised"})]


def test_what_cannot_be_is_refused_and_nothing_changes(live):
    before = update(live, "regular")["preferences"]
    for given, code, path in (
        ({"theme": "DARK", "language": "fr"}, "INVALID_INPUT", ["language"]),
        (
            {"theme": "DARK", "usualFill": {"pumpAmountFen": 999_999_999}},
            "FILL_OUT_OF_RANGE",
            ["usualFill"],
        ),
    ):
        refused = update(live, "regular", **given)
        assert refused["preferences"] is None
        (error,) = refused["userErrors"]
        assert (error["code"], error["path"]) == (code, path)
    assert update(live, "regular")["preferences"] == before


def test_a_guest_signs_in_first(live):
    (error,) = update(live, None, theme="DARK")["userErrors"]
    assert (error["code"], error["advice"]) == ("SIGN_IN_REQUIRED", "SIGN_IN")


def test_a_station_is_a_favourite_until_it_is_none(live):
    station = live.data(SOME)["stations"]["edges"][2]["node"]["id"]
    for on in (True, True, False, False):
        given = {"id": station, "on": on}
        favoured = live.data(FAVOUR, given, persona="gold-member")["setFavourite"]
        assert favoured == {"station": {"id": station, "isFavourite": on}, "userErrors": []}
        listed = live.data(STATIONS, persona="gold-member")["stations"]["edges"]
        assert (station in [edge["node"]["id"] for edge in listed]) is on


def test_no_station_is_no_favourite(live):
    refused = live.data(FAVOUR, {"id": "nothing", "on": True}, persona="regular")["setFavourite"]
    assert refused["station"] is None
    assert refused["userErrors"][0]["code"] == "NOT_FOUND"
