"""Which media type and which language an answer takes (RFC 9110, sections 12.4 and 12.5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from starlette.datastructures import Headers

from app.domain.shared.text import Language

GRAPHQL_RESPONSE = "application/graphql-response+json"
JSON = "application/json"
EVENT_STREAM = "text/event-stream"
MULTIPART = "multipart/mixed"
INCREMENTAL = "incrementalspec=v0.2"
LONGEST_KEPT = 400
"""Characters of headers whose reading is kept."""
_LANGUAGES = {"zh": Language.ZH, "en": Language.EN}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a client reads. `media_type` None: no JSON. `takes_events`: an event stream at all;
    `prefers_events`: it likes one better than JSON. `takes_parts`: it named incremental delivery."""

    media_type: str | None
    language: Language
    takes_events: bool
    prefers_events: bool
    takes_parts: bool

    @classmethod
    def of(cls, headers: Headers, unnamed: str = JSON) -> "Wanted":
        """`unnamed`: the media type of who takes anything without naming it."""
        accept = headers.get("accept")
        languages = headers.get("accept-language")
        if len(accept or "") + len(languages or "") > LONGEST_KEPT:
            return _read.__wrapped__(accept, languages, unnamed)
        return _read(accept, languages, unnamed)


@lru_cache(maxsize=512)
def _read(accept: str | None, languages: str | None, unnamed: str) -> Wanted:
    """Kept, for each client sends the same again and again."""
    return Wanted(
        media_type=choose_media_type(accept, unnamed),
        language=choose_language(languages),
        takes_events=takes_events(accept),
        prefers_events=prefers_events(accept),
        takes_parts=takes_parts(accept),
    )


def weighted(header: str) -> Iterator[tuple[str, float]]:
    """The items of an Accept-like header with their weights; a malformed weight counts as 0."""
    for item in header.split(","):
        name, *parameters = (part.strip().lower() for part in item.split(";"))
        if name:
            yield name, _weight(parameters)


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            try:
                weight = float(value)
            except ValueError:
                return 0.0
            return weight if 0.0 <= weight <= 1.0 else 0.0
    return 1.0


def choose_media_type(accept: str | None, unnamed: str = JSON) -> str | None:
    """GRAPHQL_RESPONSE or JSON, whichever the client likes better; None if it takes neither.

    Each is weighed by the most specific range that covers it. On a tie the newer type wins where
    it is named; a client that takes anything gets `unnamed`: plain JSON, which every client reads,
    unless the profile says otherwise.
    """
    if accept is None or not accept.strip():
        return unnamed
    ranges = dict(weighted(accept))

    def weigh(media_type: str) -> float:
        for name in (media_type, "application/*", "*/*"):
            if name in ranges:
                return ranges[name]
        return 0.0

    newer, plain = weigh(GRAPHQL_RESPONSE), weigh(JSON)
    if newer == plain == 0.0:
        return None
    if newer == plain:
        if GRAPHQL_RESPONSE in ranges:
            return GRAPHQL_RESPONSE
        return JSON if JSON in ranges else unnamed
    return GRAPHQL_RESPONSE if newer > plain else JSON


def takes_events(accept: str | None) -> bool:
    """Whether the client would read an event stream at all."""
    if accept is None or not accept.strip():
        return True
    ranges = dict(weighted(accept))
    covering = [name for name in (EVENT_STREAM, "text/*", "*/*") if name in ranges]
    return bool(covering) and ranges[covering[0]] > 0.0


def prefers_events(accept: str | None) -> bool:
    """Whether it names an event stream and likes it better than any JSON: urql lists it beside
    JSON in every request, and means JSON."""
    ranges = dict(weighted(accept or ""))
    jsons = (GRAPHQL_RESPONSE, JSON, "application/*", "*/*")
    return ranges.get(EVENT_STREAM, 0.0) > max(ranges.get(name, 0.0) for name in jsons)


def takes_parts(accept: str | None) -> bool:
    """Whether it names `multipart/mixed; incrementalSpec=v0.2`: urql lists `multipart/mixed` alone
    in every request, and means a format of old."""
    for item in (accept or "").split(","):
        name, *parameters = (
            "".join(part.split()).replace('"', "").lower() for part in item.split(";")
        )
        if name == MULTIPART and INCREMENTAL in parameters and _weight(parameters) > 0.0:
            return True
    return False


def choose_language(accept_language: str | None) -> Language:
    """Chinese or English by weight, first named on a tie; Chinese where neither is asked for."""
    best, best_weight = Language.ZH, 0.0
    for name, weight in weighted(accept_language or ""):
        language = _LANGUAGES.get(name.partition("-")[0])
        if language is not None and weight > best_weight:
            best, best_weight = language, weight
    return best
