"""`/.well-known/jwks.json`: the public keys by which others verify our access tokens (RFC 7517)."""

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.security.keys import KeyRing, public_keys

KEPT_S = 300
"""How long others may keep the set. A new key signs at once: whoever meets a key that they do not
know asks again."""


def well_known_routes(keys: KeyRing) -> list[Route]:
    async def jwks(_request: Request) -> Response:
        return Response(
            orjson.dumps(public_keys(keys.now())),
            media_type="application/json",
            headers={"Cache-Control": f"public, max-age={KEPT_S}"},
        )

    return [Route("/.well-known/jwks.json", jwks, methods=["GET"])]
