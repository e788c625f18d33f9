"""`POST /staff/sign-in`: people of staff get an access token, for a password and a second factor."""

from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.domain.identity.staff import Staff
from app.domain.shared.names import folded_name
from app.gateway.boundary import request_id_of
from app.gateway.faults import EdgeCode, EdgeFault, bad_request
from app.gateway.plain_answers import json_answer, refused
from app.gateway.request import RequestCaps, read_json
from app.ports.attempts import AttemptKind, Attempts, AttemptSubject
from app.ports.clock import Clock
from app.ports.work import Works
from app.resolvers.staff_desk import StaffDesk
from app.resolvers.staff_sign_in import StaffProof, sign_in_staff
from app.security.access_tokens import AccessTokens

PATH = "/staff/sign-in"
CAPS = RequestCaps(body_bytes=4_096, json_depth=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffRoutes:
    """`attempts` None: nobody counts them; a name is locked by its misses all the same."""

    works: Works
    desk: StaffDesk
    clock: Clock
    tokens: AccessTokens
    attempts: Attempts | None = None

    def routes(self) -> list[Route]:
        return [Route(PATH, self.sign_in, methods=["POST"])]

    async def sign_in(self, request: Request) -> Response:
        """`{"name", "password", "code"}` in; `{"accessToken", "expiresAt", "name", "roles"}` out."""
        try:
            proof = _proof(await read_json(request, CAPS))
            moment = self.clock.now()
            await self._count(request, proof)
            staff = await sign_in_staff(
                self.works, self.desk, proof, moment, request_id_of(request)
            )
            if staff is None:
                raise _not_accepted()
        except EdgeFault as fault:
            return refused(request, fault)
        return self._welcome(staff, moment)

    async def _count(self, request: Request, proof: StaffProof) -> None:
        if self.attempts is None:
            return
        subjects = {AttemptSubject.ABOUT: folded_name(proof.name)[:100]}
        if request.client is not None:
            subjects[AttemptSubject.ADDRESS] = request.client.host
        wait_s = await self.attempts.take(AttemptKind.STAFF_SIGN_IN, subjects)
        if wait_s:
            raise EdgeFault(
                429,
                EdgeCode.RATE_LIMITED,
                f"尝试过于频繁，请 {wait_s} 秒后再试。",
                f"Too many attempts: try again in {wait_s} s.",
                {"Retry-After": str(wait_s)},
            )

    def _welcome(self, staff: Staff, moment: datetime) -> Response:
        return json_answer(
            {
                "accessToken": self.tokens.issue(staff.principal, moment),
                "expiresAt": self.tokens.expires_at(moment).isoformat(),
                "name": staff.name,
                "roles": sorted(staff.roles),
            }
        )


def _proof(body: dict[str, object]) -> StaffProof:
    name, password, code = (body.get(field) for field in ("name", "password", "code"))
    if not (isinstance(name, str) and isinstance(password, str) and isinstance(code, str)):
        raise bad_request(
            '请求体应为 {"name": 姓名, "password": 密码, "code": 验证码}。',
            'The body must be {"name": …, "password": …, "code": …}.',
        )
    return StaffProof(name=name, password=password, code=code)


def _not_accepted() -> EdgeFault:
    return EdgeFault(
        401,
        EdgeCode.CREDENTIAL_INVALID,
        "姓名、密码或验证码不对；连续错误 5 次将锁定 15 分钟。",
        "The name, password or code is not right; five misses lock it for 15 minutes.",
    )
