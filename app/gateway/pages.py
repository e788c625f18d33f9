"""The H5 page at `/`: the built files of `clients/h5`, or, where it is not built, where to ask.

A browser may open any address that the page's own router knows; all of them get the same document.
Whatever else is asked for is 404, so that a wrong address is never a page that says nothing.
"""

import mimetypes
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from app.gateway.plain_answers import json_answer

BUILT = Path(__file__).parents[2] / "clients" / "h5" / "dist"
"""Where `npm run build` of clients/h5 puts the page."""

PLACES = (
    "/",
    "/stations/{id}",
    "/stations/{id}/checkout",
    "/offers",
    "/wallet",
    "/orders",
    "/orders/{id}",
    "/me",
    "/sign-in",
)
"""The addresses of clients/h5/src/router.ts."""

PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; font-src 'self' data:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "Permissions-Policy": "camera=(), geolocation=(self), microphone=(), payment=()",
}
"""The page asks for the driver's place, and asks no other address than this one."""

_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
"""What the build has compressed beforehand, the smallest first."""


def page_routes() -> list[Route]:
    return [
        *(Route(place, _page, methods=["GET"]) for place in PLACES),
        Route("/assets/{path:path}", _asset, methods=["GET"]),
    ]


async def _page(request: Request) -> Response:
    index = BUILT / "index.html"
    if index.is_file():
        return _sent(request, index, "no-cache")
    if request.url.path != "/":
        raise HTTPException(404)
    return json_answer({"name": "油惠 Youhui", "graphql": "/graphql", "page": None})


async def _asset(request: Request) -> Response:
    """Names under assets/ carry a hash of the content, so they may be kept for ever."""
    wanted = _asset_named(request.path_params["path"])
    if wanted is None:
        raise HTTPException(404)
    return _sent(request, wanted, "public, max-age=31536000, immutable")


def _sent(request: Request, file: Path, kept: str) -> Response:
    headers = {**PAGE_HEADERS, "Cache-Control": kept, "Vary": "Accept-Encoding"}
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    accepted = _accepted(request.headers.get("accept-encoding", ""))
    for encoding, suffix in _ENCODINGS:
        smaller = file.with_name(file.name + suffix)
        if encoding in accepted and smaller.is_file():
            headers["Content-Encoding"] = encoding
            return FileResponse(smaller, headers=headers, media_type=kind)
    return FileResponse(file, headers=headers, media_type=kind)


def _accepted(header: str) -> set[str]:
    """The encodings that are named and not refused by `q=0` (RFC 9110, section 12.5.3)."""
    named: set[str] = set()
    for part in header.lower().split(","):
        name, _, weight = part.strip().partition(";")
        if weight.replace(" ", "").rstrip("0").rstrip(".") not in {"q=", "q=0"}:
            named.add(name.strip())
    return named


def _asset_named(path: str) -> Path | None:
    """None for whatever is no file of the build, and for what can be no file name at all."""
    folder = (BUILT / "assets").resolve()
    try:
        wanted = (folder / path).resolve()
        return wanted if wanted.is_relative_to(folder) and wanted.is_file() else None
    except (OSError, ValueError):
        return None
