"""`/health/live`: the process answers. `/health/ready`: it can serve, and what is degraded.

Ready means that a catalog is loaded: prices of guests come from memory, so a lost database or
Redis degrades a process but takes none out of rotation: a database lost to all at once would
otherwise turn typed answers into none at all.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import orjson
from starlette.requests import Request
from starlette.responses import Response

from app.ports.catalogs import CatalogSource

PROBE_TIMEOUT_S = 1.0
Probe = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Health:
    """`probes` by the name of what they ask: each raises if it is down."""

    catalogs: CatalogSource
    probes: Mapping[str, Probe]

    async def live(self, _: Request) -> Response:
        return _answer({"status": "ok"})

    async def ready(self, _: Request) -> Response:
        """200 with `degraded` naming what is down; 503 until a catalog is loaded."""
        states = await asyncio.gather(*(_state(probe) for probe in self.probes.values()))
        checks = dict(zip(self.probes, states, strict=True))
        degraded = [name for name, state in checks.items() if state != "ok"]
        try:
            version = self.catalogs.current().version
        except RuntimeError:
            body = {"status": "starting", "catalog": None, "degraded": degraded, "checks": checks}
            return _answer(body, status=503)
        status = "degraded" if degraded else "ok"
        return _answer(
            {"status": status, "catalog": version, "degraded": degraded, "checks": checks}
        )


async def _state(probe: Probe) -> str:
    try:
        async with asyncio.timeout(PROBE_TIMEOUT_S):
            await probe()
    except Exception as fault:  # noqa: BLE001 -- whatever it raises, the other side is down
        return f"down ({type(fault).__name__})"
    return "ok"


def _answer(body: Mapping[str, object], status: int = 200) -> Response:
    return Response(
        orjson.dumps(body),
        status_code=status,
        media_type="application/json",
        headers={"Cache-Control": "no-store"},
    )
