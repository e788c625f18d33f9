"""Demo personas: members of the demo data whom anyone may be, to see their prices."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson
import yaml
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from app.domain.shared.text import LocalizedText
from app.gateway.errors import fault_answer
from app.gateway.faults import EdgeCode, EdgeFault, bad_request
from app.gateway.negotiation import choose_language

_MOST_BODY_BYTES = 4_096


@dataclass(frozen=True, slots=True)
class Persona:
    name: str
    title: LocalizedText
    user_id: int


def load_personas(path: Path) -> tuple[Persona, ...]:
    """The personas of `seed/personas.yaml`: a list `personas` of name, title (and title_en) and
    user_id; what else they hold is the seed's."""
    listed = yaml.safe_load(path.read_text("utf-8"))["personas"]
    return tuple(
        Persona(p["name"], LocalizedText(zh=p["title"], en=p.get("title_en")), p["user_id"])
        for p in listed
    )


@dataclass(frozen=True, slots=True)
class PersonaRoutes:
    """`issue` makes an access token for a user id."""

    personas: Sequence[Persona]
    issue: Callable[[int], str]

    def routes(self) -> list[Route]:
        return [
            Route("/demo/personas", self.listed, methods=["GET"]),
            Route("/demo/token", self.token, methods=["POST"]),
        ]

    async def listed(self, request: Request) -> Response:
        language = choose_language(request.headers.get("accept-language"))
        return _json(
            [{"name": p.name, "title": p.title.in_language(language)} for p in self.personas]
        )

    async def token(self, request: Request) -> Response:
        """`{"persona": name}` in, `{"token": …}` out; a name that does not exist: 404."""
        try:
            persona = await self._wanted(request)
        except EdgeFault as fault:
            language = choose_language(request.headers.get("accept-language"))
            return _json(fault_answer(fault, language), fault.status)
        return _json({"token": self.issue(persona.user_id)})

    async def _wanted(self, request: Request) -> Persona:
        body = bytearray()
        try:
            async for chunk in request.stream():
                body += chunk
                if len(body) > _MOST_BODY_BYTES:
                    raise bad_request("请求体过大。", "The body is too large.")
        except ClientDisconnect:
            raise bad_request("连接在请求读完之前断开。", "The client went away.") from None
        try:
            parsed = orjson.loads(body)
        except orjson.JSONDecodeError:
            parsed = None
        name = parsed.get("persona") if isinstance(parsed, dict) else None
        if not isinstance(name, str):
            raise bad_request(
                '请求体应为 {"persona": 名字}。', 'The body must be {"persona": name}.'
            )
        for persona in self.personas:
            if persona.name == name:
                return persona
        known = "、".join(p.name for p in self.personas)
        raise EdgeFault(
            404,
            EdgeCode.NOT_FOUND,
            f"没有这个演示身份；可选：{known}。",
            f"There is no such persona. Choose one of {known}.",
        )


def _json(body: object, status: int = 200) -> Response:
    return Response(
        orjson.dumps(body),
        status_code=status,
        media_type="application/json",
        headers={"Cache-Control": "no-store"},
    )
