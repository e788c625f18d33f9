"""`GET /privacy/exports/…`: the copy of a member's data, by a link that only they were told."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.gateway.faults import EdgeCode, EdgeFault
from app.gateway.plain_answers import refused
from app.ports.clock import Clock
from app.ports.errors import StorageUnavailable
from app.ports.privacy import PrivacyRepository
from app.security.export_links import PATH, ExportLinks


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRoutes:
    repository: PrivacyRepository
    links: ExportLinks
    clock: Clock

    def routes(self) -> list[Route]:
        return [Route(f"{PATH}/{{word:str}}", self.fetch, methods=["GET"])]

    async def fetch(self, request: Request) -> Response:
        """A file in JSON. One answer for a forged link, an old one, and a copy that is gone."""
        moment = self.clock.now()
        named = self.links.read(request.path_params["word"], moment)
        try:
            archive = None if named is None else await self.repository.archive(*named, moment)
        except StorageUnavailable:
            return refused(
                request,
                EdgeFault(
                    503, EdgeCode.UNAVAILABLE, "请稍后再试。", "Not available now: try again soon."
                ),
            )
        if archive is None:
            return refused(
                request,
                EdgeFault(
                    404,
                    EdgeCode.NOT_FOUND,
                    "链接已失效，请重新获取。",
                    "This link is over: get a new one.",
                ),
            )
        return Response(
            archive,
            media_type="application/json",
            headers={
                "Cache-Control": "private, no-store",
                "Content-Disposition": 'attachment; filename="youhui-data.json"',
                "X-Content-Type-Options": "nosniff",
                "Referrer-Policy": "no-referrer",
            },
        )
