"""The merchant's side of the protocol: /v3/…, each request's signature checked, each answer signed."""

import asyncio
import gzip
import hashlib
import json
import re
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.integrations.wechat_pay_simulator.bill import write_bill
from app.integrations.wechat_pay_simulator.book import (
    Book,
    Opened,
    Refusal,
    Returned,
    new_prepay_id,
    new_refund_id,
)
from app.integrations.wechat_pay_simulator.delivery import Delivery, message
from app.integrations.wechat_pay_simulator.keys import SimulatorKeys
from app.integrations.wechat_pay_simulator.mischief import AnswerMischief

SCHEME = "WECHATPAY2-SHA256-RSA2048 "
MOST_AGE_S = 300
NUMBER = re.compile(r"[0-9A-Za-z_\-|*]{6,32}")
Asked = dict[str, Any]
Answer = tuple[int, Asked | bytes | None]
FAULT: Answer = (500, {"code": "SYSTEM_ERROR", "message": "系统异常，请稍后重试"})


@dataclass(slots=True, eq=False)
class Api:
    """`refund_after_s`: how long a refund is PROCESSING; None: until it is told what becomes of
    it. `answers`: what befalls the next answers."""

    book: Book
    keys: SimulatorKeys
    delivery: Delivery
    refund_after_s: float | None = 0.1
    answers: list[AnswerMischief] = field(default_factory=list[AnswerMischief])
    _settling: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    def routes(self) -> list[Route]:
        number, of = "/v3/pay/transactions/out-trade-no/{number}", "/v3/refund/domestic/refunds"
        return [
            self._route("/v3/pay/transactions/{kind:str}", "POST", self._open),
            self._route(number, "GET", self._query),
            self._route(f"{number}/close", "POST", self._close),
            self._route(of, "POST", self._refund),
            self._route(f"{of}/{{number}}", "GET", self._query_refund),
            self._route("/v3/bill/tradebill", "GET", self._bill),
            self._route("/v3/billdownload/file", "GET", self._file),
        ]

    def resume(self) -> None:
        """Refunds that were under way when the simulator ended go on."""
        for refund in list(self.book.refunds.values()):
            if refund.status == "PROCESSING":
                self._settle_soon(refund)

    def _route(
        self, path: str, method: str, act: Callable[[Request, Asked], Awaitable[Answer]]
    ) -> Route:
        async def endpoint(request: Request) -> Response:
            wrong = self._misdeed(request.url.path)
            try:
                asked = await self._checked(request)
                refused = wrong is not None and wrong.how == "refuse"
                status, answer = FAULT if refused else await act(request, asked)
            except Refusal as refusal:
                status, answer = refusal.status, {"code": refusal.code, "message": refusal.message}
            if wrong is not None and wrong.how == "lose":
                return _Unanswered()
            if wrong is not None and wrong.how == "delay":
                await asyncio.sleep(wrong.ms / 1000)
            return self._signed(status, answer)

        return Route(path, endpoint, methods=[method])

    def _misdeed(self, path: str) -> AnswerMischief | None:
        for place, wrong in enumerate(self.answers):
            if wrong.path in path:
                left = wrong.count - 1
                self.answers[place : place + 1] = (
                    [AnswerMischief(path=wrong.path, how=wrong.how, count=left, ms=wrong.ms)]
                    if left > 0
                    else []
                )
                return wrong
        return None

    async def _checked(self, request: Request) -> Asked:
        """The body, if the merchant signed this very request within the last minutes."""
        body = await request.body()
        given = dict(re.findall(r'(\w+)="([^"]*)"', request.headers.get("authorization", "")))
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        at = given.get("timestamp", "")
        signed = message(request.method, path, at, given.get("nonce_str", ""), body)
        right = (
            request.headers.get("authorization", "").startswith(SCHEME)
            and (given.get("mchid"), given.get("serial_no")) == (self.keys.mch_id, self.keys.serial)
            and at.isdigit()
            and abs(time.time() - int(at)) <= MOST_AGE_S
            and self.keys.is_the_merchants(signed, given.get("signature", ""))
        )
        if not right:
            raise Refusal(401, "SIGN_ERROR", "签名错误")
        try:
            asked = json.loads(body or b"{}")
        except ValueError:
            asked = None
        if not isinstance(asked, dict):
            raise Refusal(400, "PARAM_ERROR", "请求体不是 JSON 对象")
        return asked

    def _signed(self, status: int, answer: Asked | bytes | None) -> Response:
        content = answer if isinstance(answer, bytes) else b"" if answer is None else _json(answer)
        at, nonce = str(int(time.time())), secrets.token_hex(16)
        return Response(
            content,
            status_code=status,
            media_type="application/octet-stream"
            if isinstance(answer, bytes)
            else "application/json",
            headers={
                "Request-ID": secrets.token_hex(8).upper(),
                "Wechatpay-Timestamp": at,
                "Wechatpay-Nonce": nonce,
                "Wechatpay-Serial": self.keys.public_key_id,
                "Wechatpay-Signature": self.keys.sign(message(at, nonce, content)),
                "Wechatpay-Signature-Type": SCHEME.strip(),
            },
        )

    async def _open(self, request: Request, asked: Asked) -> Answer:
        kind = request.path_params["kind"]
        if kind not in {"jsapi", "app", "h5"}:
            raise Refusal(404, "RESOURCE_NOT_EXISTS", "没有这种支付方式")
        opened = self.book.open(_wanted(kind, asked, self.keys.mch_id))
        if kind == "h5":
            page = request.url.replace(path="/h5", query=urlencode({"number": opened.number}))
            return 200, {"h5_url": str(page)}
        return 200, {"prepay_id": opened.prepay_id}

    async def _query(self, request: Request, asked: Asked) -> Answer:
        return 200, self.book.told(self.book.payment(request.path_params["number"]))

    async def _close(self, request: Request, asked: Asked) -> Answer:
        self.book.close(request.path_params["number"])
        return 204, None

    async def _refund(self, request: Request, asked: Asked) -> Answer:
        try:
            wanted = Returned(
                refund_number=asked["out_refund_no"],
                number=asked["out_trade_no"],
                amount_fen=asked["amount"]["refund"],
                refund_id=new_refund_id(datetime.now(UTC)),
                notify_url=asked.get("notify_url"),
                at=datetime.now(UTC),
            )
            total: int = asked["amount"]["total"]
        except (KeyError, TypeError) as error:
            raise Refusal(400, "PARAM_ERROR", f"缺少参数 {error}") from error
        refund = self.book.refund(wanted, total)
        if refund is wanted:
            self._settle_soon(refund)
        return 200, self.book.told_refund(refund)

    async def _query_refund(self, request: Request, asked: Asked) -> Answer:
        return 200, self.book.told_refund(self.book.refund_of(request.path_params["number"]))

    def _settle_soon(self, refund: Returned) -> None:
        if self.refund_after_s is None:
            return
        task = asyncio.create_task(self._settle(refund, self.refund_after_s))
        self._settling.add(task)
        task.add_done_callback(self._settling.discard)

    async def _settle(self, refund: Returned, after_s: float) -> None:
        await asyncio.sleep(after_s)
        notice = self.book.settle_refund(
            refund.refund_number, "SUCCESS", self.delivery.weather.drawn()
        )
        if notice is not None:
            self.delivery.bring(notice)

    async def _bill(self, request: Request, asked: Asked) -> Answer:
        content = write_bill(self.book, _day(request))
        if content is None:
            raise Refusal(400, "NO_STATEMENT_EXIST", "账单不存在")
        wanted = {"bill_date": request.query_params["bill_date"]}
        url = request.url.replace(path="/v3/billdownload/file", query=urlencode(wanted))
        digest = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        return 200, {"hash_type": "SHA1", "hash_value": digest, "download_url": str(url)}

    async def _file(self, request: Request, asked: Asked) -> Answer:
        return 200, gzip.compress(write_bill(self.book, _day(request)) or b"")


class _Unanswered(Response):
    """The request was understood and done; the connection ends without a word."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Promises a body and sends none: the server then cuts the connection."""
        headers = [(b"content-length", b"1")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})


def _wanted(kind: str, asked: Asked, mch_id: str) -> Opened:
    """Raises `Refusal`."""
    try:
        expires = asked.get("time_expire")
        wanted = Opened(
            number=asked["out_trade_no"],
            kind=kind,
            app_id=asked["appid"],
            title=asked["description"],
            amount_fen=asked["amount"]["total"],
            notify_url=asked["notify_url"],
            payer=asked["payer"]["openid"] if kind == "jsapi" else None,
            expires_at=datetime.fromisoformat(expires) if expires else None,
            prepay_id=new_prepay_id(),
            at=datetime.now(UTC),
        )
        address = kind != "h5" or asked["scene_info"]["payer_client_ip"]
    except (KeyError, TypeError, ValueError) as error:
        raise Refusal(400, "PARAM_ERROR", f"参数有误 {error}") from error
    sound = (
        asked.get("mchid") == mch_id
        and NUMBER.fullmatch(wanted.number)
        and isinstance(wanted.amount_fen, int)
        and wanted.amount_fen > 0
        and address
    )
    if not sound:
        raise Refusal(400, "PARAM_ERROR", "参数有误")
    return wanted


def _day(request: Request) -> date:
    try:
        return date.fromisoformat(request.query_params["bill_date"])
    except (KeyError, ValueError) as error:
        raise Refusal(400, "PARAM_ERROR", "账单日期有误") from error


def _json(answer: Asked) -> bytes:
    return json.dumps(answer, ensure_ascii=False).encode()
