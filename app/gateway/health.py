"""`/health/live`: the process answers. `/health/startup`: it has begun to serve, whatever came
after. `/health/ready`: it can serve, and what is degraded.

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


@dataclass(slots=True)
class Health:
    """`probes` by the name of what they ask: each raises if it is down. `stopping`: the process is
    asked to end, and requests should go elsewhere."""

    catalogs: CatalogSource
    probes: Mapping[str, Probe]
    stopping: bool = False

    async def live(self, _: Request) -> Response:
        return _answer({"status": "ok"})

    async def startup(self, _: Request) -> Response:
        """503 until a catalog is loaded."""
        started = self._version() is not None
        return _answer({"status": "ok" if started else "starting"}, status=200 if started else 503)

    async def ready(self, _: Request) -> Response:
        """200 with `degraded` naming what is down; 503 until a catalog is loaded, and at the end."""
        states = await asyncio.gather(*(_state(probe) for probe in self.probes.values()))
        checks = dict(zip(self.probes, states, strict=True))
        degraded = [name for name, state in checks.items() if state != "ok"]
        version = self._version()
        status = "degraded" if degraded else "ok"
        if version is None or self.stopping:
            status = "starting" if version is None else "stopping"
        return _answer(
            {"status": status, "catalog": version, "degraded": degraded, "checks": checks},
            status=503 if status in ("starting", "stopping") else 200,
        )

    def _version(self) -> int | None:
        try:
            return self.catalogs.current().version
        except RuntimeError:
            return None


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
