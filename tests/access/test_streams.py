"""Subscriptions by another's ids: they end at once, exactly as for what does not exist."""

from typing import Any

from app.domain.identity.permissions import Permission
from app.schema.access import access_of
from tests.access.asking import Asking
from tests.access.conftest import House
from tests.access.test_walk import Walk, _public_ids, object_type, valid
from tests.support.seeded import MOMENT


def _events(house: House, who: str, query: str) -> tuple[int, Any]:
    headers = {"Accept": "text/event-stream"}
    principal = house.people[who]
    if principal is not None:
        headers["Authorization"] = f"Bearer {house.tokens.issue(principal, MOMENT)}"
    answer = house.http.post("/graphql", json={"query": query}, headers=headers)
    return answer.status_code, answer.text


def _watch(asking: Asking, name: str) -> str:
    found = object_type("Subscription").fields[name]
    return valid(f"subscription {{ {name}{asking.arguments(found)} {{ __typename }} }}")


def test_nobody_watches_what_is_anothers(house: House):
    walk = Walk(house, _public_ids(house))
    for name, found in object_type("Subscription").fields.items():
        if isinstance(access_of(found), Permission):
            continue
        for owner in house.owners:
            mine = _watch(walk.asking(owner.ids), name)
            absent = _watch(walk.asking(owner.absent_ids), name)
            for who in walk.others(owner):
                theirs, nothing = _events(house, who, mine), _events(house, who, absent)
                holds = theirs == nothing and "__typename" not in theirs[1]
                walk.check(holds, f"{who} watches {name}: {theirs}")
    assert walk.leaks == []
    assert walk.cells >= len(house.people) * 2 - 2
