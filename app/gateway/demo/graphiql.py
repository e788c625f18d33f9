"""`/graphiql`: the built page of `clients/graphiql`, or, where it is not built, what to do.

Everything it needs is served from here: the policy lets it ask no other address.
"""

from html import escape
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from app.gateway.demo.curls import demo_curls

BUILT = Path(__file__).parents[3] / "clients" / "graphiql" / "dist"
"""Where `npm run build` of clients/graphiql puts the page."""

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "worker-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Styles may be inline: the editor writes its own as it runs. Scripts may not."""

_MISSING = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>GraphiQL · 油惠 Youhui</title>
<style>body{{font:16px/1.7 system-ui,"Noto Sans CJK SC",sans-serif;max-width:60rem;margin:3rem auto;
padding:0 1.5rem;color:#1f2937}}pre{{background:#f3f4f6;padding:1rem;border-radius:.5rem;
white-space:pre-wrap;word-break:break-all}}h1{{font-size:1.5rem}}h2{{font-size:1.05rem}}</style></head>
<body><h1>GraphiQL 页面尚未构建</h1>
<p>页面由 Node.js 构建，这台机器上缺少构建结果；接口本身不受影响。
装好 Node.js 20 或更新版本后执行：</p>
<pre>cd clients/graphiql &amp;&amp; npm ci &amp;&amp; npm run build</pre>
<p>然后刷新本页，无需重启。The page is built with Node.js and has not been built here. The API works
without it: run the command above with Node.js 20 or newer, then reload.</p>
<p>现在就可以用 curl 试用 / Meanwhile, with curl:</p>
{examples}</body></html>
"""


def graphiql_routes() -> list[Route]:
    return [
        Route("/graphiql", _page, methods=["GET"]),
        Route("/graphiql/{path:path}", _asset, methods=["GET"]),
    ]


async def _page(request: Request) -> Response:
    headers = {"Content-Security-Policy": PAGE_POLICY, "Cache-Control": "no-cache"}
    index = BUILT / "index.html"
    if index.is_file():
        return FileResponse(index, headers=headers)
    base_url = str(request.base_url).rstrip("/")
    examples = "".join(
        f"<h2>{escape(curl.title)}</h2><pre>{escape(curl.command)}</pre>"
        for curl in demo_curls(base_url)
    )
    return HTMLResponse(_MISSING.format(examples=examples), headers=headers)


async def _asset(request: Request) -> Response:
    """A file of the build. Under assets/ names carry a hash of the content, so those may be kept
    for ever."""
    wanted = _built_file(request.path_params["path"])
    if wanted is None:
        raise HTTPException(404)
    hashed = wanted.is_relative_to(BUILT.resolve() / "assets")
    kept = "public, max-age=31536000, immutable" if hashed else "no-cache"
    headers = {"Content-Security-Policy": PAGE_POLICY, "Cache-Control": kept}
    return FileResponse(wanted, headers=headers)


def _built_file(path: str) -> Path | None:
    """None for whatever is no file of the build, and for what can be no file name at all."""
    try:
        wanted = (BUILT / path).resolve()
        inside = wanted.is_relative_to(BUILT.resolve())
        return wanted if inside and wanted.is_file() else None
    except (OSError, ValueError):
        return None
