"""The H5 page at `/`, as it is built and where it is not."""

import gzip
import re
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from app.gateway import pages
from app.gateway.pages import PLACES, page_routes
from tests.architecture.tree import ROOT

ROUTER = ROOT / "clients" / "h5" / "src" / "router.ts"


@pytest.fixture
def browser(edge) -> TestClient:
    edge.options = replace(edge.options, more_routes=page_routes())
    return TestClient(edge.app())


@pytest.fixture
def built(monkeypatch, tmp_path):
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<title>油惠</title>")
    (folder / "assets" / "a-1f.js").write_text("plain")
    (folder / "assets" / "a-1f.js.gz").write_bytes(gzip.compress(b"zipped"))
    (tmp_path / "secret").write_text("secret")
    monkeypatch.setattr(pages, "BUILT", folder)
    return folder


def test_the_gateway_and_the_router_know_the_same_places():
    known = re.findall(r"path: '([^']+)'", ROUTER.read_text("utf-8"))
    assert sorted(re.sub(r":(\w+)", r"{\1}", place) for place in known) == sorted(PLACES)


@pytest.mark.parametrize("place", PLACES)
def test_every_place_is_the_one_document(browser, built, place):
    page = browser.get(place.replace("{id}", "MXMxMDAwMDAx"))
    assert page.text == "<title>油惠</title>"
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["cache-control"] == "no-cache"


def test_the_page_may_ask_for_the_place_and_runs_no_script_of_others(browser, built):
    headers = browser.get("/").headers
    assert "geolocation=(self)" in headers["permissions-policy"]
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "*" not in policy


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/stations", "/orders/1/2", "/index.html", "/assets/b.js", "/assets/"],
)
def test_other_addresses_are_refused_in_json(browser, built, path):
    answer = browser.get(path, follow_redirects=False)
    assert answer.status_code == 404
    assert answer.json()["errors"][0]["extensions"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize(
    "path", ["../../secret", "%2e%2e/%2e%2e/secret", "/etc/passwd", "%00", "x" * 300]
)
def test_only_files_of_the_build_are_served(browser, built, path):
    answer = browser.get(f"/assets/{path}")
    assert answer.status_code == 404
    assert "secret" not in answer.text


def test_a_file_named_by_its_content_is_kept_for_ever(browser, built):
    answer = browser.get("/assets/a-1f.js", headers={"Accept-Encoding": "identity"})
    assert answer.text == "plain"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "javascript" in answer.headers["content-type"]


@pytest.mark.parametrize(
    ("accepts", "text"),
    [
        ("gzip, deflate", "zipped"),
        ("br;q=1.0, gzip;q=0.8", "zipped"),
        ("gzip;q=0", "plain"),
        ("gzip; q=0.000", "plain"),
        ("deflate", "plain"),
        ("", "plain"),
    ],
)
def test_a_browser_gets_what_was_compressed_beforehand_if_it_takes_it(
    browser, built, accepts, text
):
    answer = browser.get("/assets/a-1f.js", headers={"Accept-Encoding": accepts})
    assert answer.text == text
    assert ("content-encoding" in answer.headers) is (text == "zipped")
    assert answer.headers["vary"] == "Accept-Encoding"
    assert "javascript" in answer.headers["content-type"]


def test_without_the_build_the_first_page_says_where_to_ask(browser, monkeypatch, tmp_path):
    monkeypatch.setattr(pages, "BUILT", tmp_path)
    assert browser.get("/").json()["graphql"] == "/graphql"
    assert browser.get("/orders").status_code == 404
    assert browser.get("/assets/a-1f.js").status_code == 404
    assert browser.post("/graphql", json={"query": "{ __typename }"}).status_code == 200
