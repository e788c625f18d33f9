"""Content negotiation: media types and languages by weight."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from app.domain.shared.text import Language
from app.gateway.negotiation import (
    GRAPHQL_RESPONSE,
    JSON,
    LONGEST_KEPT,
    Wanted,
    choose_language,
    choose_media_type,
    takes_parts,
)


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, JSON),
        ("", JSON),
        ("  ", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("application/json", JSON),
        ("application/json; charset=utf-8", JSON),
        ("APPLICATION/JSON", JSON),
        (GRAPHQL_RESPONSE, GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE}, application/json", GRAPHQL_RESPONSE),
        (f"application/json, {GRAPHQL_RESPONSE}", GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE};q=0.5, application/json", JSON),
        (f"{GRAPHQL_RESPONSE}; charset=utf-8; q=0.9, application/json;q=0.8", GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE}, */*;q=0.1", GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE};q=0, */*", JSON),
        ("application/json;q=0, */*", GRAPHQL_RESPONSE),
        ("text/html,application/xhtml+xml,*/*;q=0.8", JSON),
        ("application/json;q=0.2, text/event-stream", JSON),
        ("text/event-stream", None),
        ("text/html", None),
        ("*/*;q=0", None),
        ("application/json;q=x", None),
        ("application/json;q=7", None),
        ("application/jsonx", None),
    ],
)
def test_the_media_type_a_client_likes_best(accept, chosen):
    assert choose_media_type(accept) == chosen


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, Language.ZH),
        ("", Language.ZH),
        ("*", Language.ZH),
        ("fr-FR", Language.ZH),
        ("zh-CN", Language.ZH),
        ("zh-Hant-TW,en;q=0.5", Language.ZH),
        ("en", Language.EN),
        ("en-GB,zh;q=0.9", Language.EN),
        ("zh;q=0.3, EN-us;q=0.4", Language.EN),
        ("zh-CN,zh;q=0.9,en;q=0.8", Language.ZH),
        ("en;q=0", Language.ZH),
        ("en;q=0.5, zh;q=0.5", Language.EN),
        (",,;q=1,en", Language.EN),
    ],
)
def test_the_language_a_client_likes_best(header, language):
    assert choose_language(header) is language


@pytest.mark.parametrize(
    ("accept", "unnamed", "named"),
    [
        (None, GRAPHQL_RESPONSE, GRAPHQL_RESPONSE),
        ("*/*", GRAPHQL_RESPONSE, GRAPHQL_RESPONSE),
        ("application/*;q=0.5", GRAPHQL_RESPONSE, GRAPHQL_RESPONSE),
        ("application/json, */*", GRAPHQL_RESPONSE, JSON),
        ("application/json", GRAPHQL_RESPONSE, JSON),
        ("text/html", GRAPHQL_RESPONSE, None),
    ],
)
def test_the_media_type_of_who_names_none(accept, unnamed, named):
    assert choose_media_type(accept, unnamed) == named


@pytest.mark.parametrize(
    ("accept", "parts"),
    [
        ("multipart/mixed;incrementalSpec=v0.2", True),
        ("multipart/mixed; incrementalSpec=v0.2; q=0.5, application/json", True),
        ('application/json, Multipart/Mixed ; IncrementalSpec = "v0.2"', True),
        ("multipart/mixed;incrementalSpec=v0.2;q=0", False),
        ("multipart/mixed;incrementalSpec=v0.1", False),
        ("multipart/mixed;deferSpec=20220824", False),
        ("multipart/mixed", False),
        ("*/*", False),
        ("application/json;incrementalSpec=v0.2", False),
        ("", False),
        (None, False),
    ],
)
def test_parts_are_taken_by_who_names_their_format(accept, parts):
    assert takes_parts(accept) is parts


@pytest.mark.parametrize("padding", [0, LONGEST_KEPT])
def test_headers_of_any_length_are_read_alike(padding):
    headers = Headers({"accept": "application/json" + "," * padding, "accept-language": "en"})
    for _ in range(2):
        assert Wanted.of(headers) == Wanted(
            media_type=JSON,
            language=Language.EN,
            takes_events=False,
            prefers_events=False,
            takes_parts=False,
        )


WORDS = st.text(alphabet='azq=;,*/+. 019json"', max_size=60)


@given(accept=WORDS | st.text(st.characters(max_codepoint=255)), languages=WORDS)
def test_no_header_is_too_strange_to_be_read(accept, languages):
    wanted = Wanted.of(Headers({"accept": accept, "accept-language": languages}))
    assert wanted.media_type in {None, JSON, GRAPHQL_RESPONSE}
    assert not (wanted.prefers_events and not wanted.takes_events)
