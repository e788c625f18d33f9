"""Answers to GET: who may keep them, and how a client learns that its copy still holds."""

import pytest
from starlette.testclient import TestClient

from app.gateway.caching import Lifetimes, entity_tag, matches
from app.gateway.graphql_view import ViewOptions
from tests.gateway.asking import PRIVATE, ask, fetch
from tests.gateway.support import NOW


def asked_again(client, document, tag, **headers):
    return fetch(client, document, headers={"If-None-Match": tag, **headers})


def test_a_copy_that_still_holds_is_not_sent_again(client):
    first = fetch(client, "{ ok }")
    tag = first.headers["etag"]
    again = asked_again(client, "{ ok }", tag)
    assert (again.status_code, again.content) == (304, b"")
    for name in ("etag", "cache-control", "vary", "content-language", "x-request-id"):
        assert name in again.headers
    assert again.headers["cache-control"] == first.headers["cache-control"]
    assert not tag.startswith("W/")


def test_another_answer_has_another_tag(client):
    tags = {
        fetch(client, "{ ok }").headers["etag"],
        fetch(client, "{ ok twice(number: 1) }").headers["etag"],
        fetch(client, "{ ok }", accept="application/json").headers["etag"],
        fetch(client, "{ ok }", headers={"Accept-Language": "en"}).headers["etag"],
    }
    assert len(tags) == 4
    assert fetch(client, "{ ok }").headers["etag"] in tags


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ("{tag}", 304),
        ("W/{tag}", 304),
        ('"other", {tag}', 304),
        ("*", 304),
        ('"other"', 200),
        ("", 200),
        ("{tag}x", 200),
    ],
)
def test_tags_are_compared_as_http_has_it(client, given, status):
    tag = fetch(client, "{ ok }").headers["etag"]
    assert asked_again(client, "{ ok }", given.replace("{tag}", tag)).status_code == status


def test_a_viewers_answer_is_kept_by_the_viewers_client_alone_and_asked_again(client, edge):
    bearer = {"Authorization": f"Bearer {edge.tokens.issue(42, NOW)}"}
    own = fetch(client, "{ mine }", headers=bearer)
    assert own.headers["cache-control"] == "private, no-cache"
    tag = own.headers["etag"]
    assert asked_again(client, "{ mine }", tag, **bearer).status_code == 304
    other = {"Authorization": f"Bearer {edge.tokens.issue(43, NOW)}"}
    assert asked_again(client, "{ mine }", tag, **other).json() == {"data": {"mine": "43"}}


@pytest.mark.parametrize(
    "document", ["{ signed }", "{ ok fault }", "{ needed }", "{ nothing }", "{"]
)
def test_errors_and_tokens_are_never_kept(client, document):
    response = fetch(client, document)
    assert response.headers["cache-control"] == PRIVATE
    assert "etag" not in response.headers
    assert asked_again(client, document, "*").status_code != 304


def test_what_was_posted_is_never_kept(client):
    response = ask(client, "{ ok }", headers={"If-None-Match": "*"})
    assert response.status_code == 200
    assert response.headers["cache-control"] == PRIVATE
    assert "etag" not in response.headers


def test_lifetimes_are_a_setting(edge):
    edge.view = ViewOptions(lifetimes=Lifetimes(client_s=5, shared_s=60))
    kept = fetch(TestClient(edge.app()), "{ ok }").headers["cache-control"]
    assert kept == "public, max-age=5, s-maxage=60"


def test_a_tag_is_a_quoted_string_of_visible_characters():
    tag = entity_tag(b"{}", "application/json", "en")
    assert tag[0] == tag[-1] == '"'
    assert tag.isascii()
    assert matches(tag, tag)
    assert not matches(tag, None)
