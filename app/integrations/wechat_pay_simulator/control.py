"""What only the simulator has: a payer's hand, and mischief on demand. For this machine alone."""

import html
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from app.integrations.loopback import is_from_here
from app.integrations.wechat_pay_simulator.api import Api
from app.integrations.wechat_pay_simulator.book import Opened, Refusal
from app.integrations.wechat_pay_simulator.mischief import (
    AnswerMischief,
    Mischief,
    MischiefUnknown,
)

SHOWN = 50
STYLE = (
    "body{font:16px/1.6 system-ui,sans-serif;max-width:56rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}td,th{padding:.5rem;border-bottom:1px solid #ccc;"
    "text-align:left}button{background:#07803f;color:#fff;border:0;border-radius:.3rem;"
    "padding:.5rem 1.2rem;font-size:1rem;cursor:pointer}code{font-size:.85rem}"
)


@dataclass(slots=True, eq=False)
class Control:
    """GET / and /h5: pages with pay buttons. POST /control/…: JSON in and out."""

    api: Api

    def routes(self) -> list[Route]:
        return [
            self._route("/", "GET", self._page),
            self._route("/h5", "GET", self._page),
            self._route("/control/payments", "GET", self._listed),
            self._route("/control/payments/{number}/pay", "POST", self._pay),
            self._route("/control/refunds", "GET", self._refunds),
            self._route("/control/refunds/{number}/{status:str}", "POST", self._settle),
            self._route("/control/weather", "POST", self._weather),
            self._route("/control/answers", "POST", self._answers),
            self._route("/control/release", "POST", self._release),
        ]

    def _route(self, path: str, method: str, act: Callable[[Request, Any], Response]) -> Route:
        async def endpoint(request: Request) -> Response:
            if not is_from_here(request):
                return _told(403, "FORBIDDEN", "only from this machine")
            try:
                given = json.loads(await request.body() or b"{}") if _is_json(request) else {}
                return act(request, given)
            except Refusal as refusal:
                return _told(refusal.status, refusal.code, refusal.message)
            except (MischiefUnknown, ValueError, TypeError, AttributeError) as error:
                return _told(400, "BAD_REQUEST", str(error))

        return Route(path, endpoint, methods=[method])

    def _pay(self, request: Request, given: Any) -> Response:
        """`{"amount_fen"?, "late"?, "notice"?: mischief}`: the payer pays. A form does as well."""
        number = request.path_params["number"]
        book, delivery = self.api.book, self.api.delivery
        told = given.get("notice")
        notice = book.pay(
            number,
            amount_fen=given.get("amount_fen"),
            late=bool(given.get("late", False)),
            mischief=delivery.weather.drawn() if told is None else Mischief.of(told),
        )
        delivery.bring(notice)
        if not _is_json(request):
            return RedirectResponse("/", status_code=303)
        return JSONResponse({"notice_id": notice.id} | book.told(book.payment(number)))

    def _listed(self, _: Request, __: Any) -> Response:
        """All payments, in the protocol's words, and what is still owed of notices."""
        book = self.api.book
        return JSONResponse(
            {
                "payments": [
                    book.told(p) | {"prepay_id": p.prepay_id} for p in book.payments.values()
                ],
                "owed": [
                    {"id": n.id, "event_type": n.event_type, "number": n.resource["out_trade_no"]}
                    for n in book.owed.values()
                ],
            }
        )

    def _refunds(self, _: Request, __: Any) -> Response:
        book = self.api.book
        return JSONResponse({"refunds": [book.told_refund(r) for r in book.refunds.values()]})

    def _settle(self, request: Request, _: Any) -> Response:
        """A refund that is PROCESSING: /success or /closed (refused)."""
        status = request.path_params["status"].upper()
        if status not in {"SUCCESS", "CLOSED"}:
            raise ValueError("success or closed")
        delivery = self.api.delivery
        notice = self.api.book.settle_refund(
            request.path_params["number"], status, delivery.weather.drawn()
        )
        if notice is not None:
            delivery.bring(notice)
        return JSONResponse({"settled": notice is not None})

    def _weather(self, _: Request, given: Any) -> Response:
        """`{"share": 0 to 100, "mischief": {…}, "seed"?}` for notices to come; `{}`: fair again.
        `"refund_after_s"`: how long refunds take; null: until told."""
        weather = self.api.delivery.weather
        weather.mischief = Mischief.of(given.get("mischief", {}))
        weather.share = int(given.get("share", 0))
        if "seed" in given:
            weather.chance.seed(given["seed"])
        if "refund_after_s" in given:
            after = given["refund_after_s"]
            self.api.refund_after_s = None if after is None else float(after)
        return JSONResponse({"share": weather.share, "mischief": weather.mischief.plain()})

    def _answers(self, _: Request, given: Any) -> Response:
        """`[{"path", "how", "count", "ms"}]`: what befalls the next answers; `[]`: nothing."""
        self.api.answers[:] = [AnswerMischief.of(one) for one in given]
        return JSONResponse({"answers": len(self.api.answers)})

    def _release(self, _: Request, __: Any) -> Response:
        self.api.delivery.release()
        return JSONResponse({"released": True})

    def _page(self, request: Request, _: Any) -> Response:
        """Payments that wait for a payer, each with a button; of `number` alone, if it is given."""
        now, wanted = datetime.now(UTC), request.query_params.get("number")
        payments = [
            p
            for p in reversed(self.api.book.payments.values())
            if wanted is None or p.number == wanted
        ]
        rows = "".join(_row(payment, now) for payment in payments[:SHOWN])
        none = "<p>还没有支付单。下单后在此付款。<br>No payments yet: place an order first.</p>"
        table = f"<table><tr>{HEADINGS}</tr>{rows}</table>" if rows else none
        return HTMLResponse(
            "<!doctype html><html lang=zh-CN><meta charset=utf-8>"
            "<meta name=viewport content='width=device-width'>"
            f"<title>支付模拟器 Pay simulator</title><style>{STYLE}</style>"
            "<h1>支付模拟器 Pay simulator</h1>"
            "<p>模拟微信支付，不动用真实资金。 It simulates WeChat Pay; no money moves.</p>"
            f"{table}</html>"
        )


HEADINGS = "<th>单号 number<th>商品 title<th>金额 amount<th>状态 state<th>"
STATES = {"NOTPAY": "待支付 open", "SUCCESS": "已支付 paid", "CLOSED": "已关闭 closed"}


def _row(payment: Opened, now: datetime) -> str:
    state, fen = payment.state(now), payment.amount_fen
    number = html.escape(payment.number)
    button = (
        f"<form method=post action='/control/payments/{number}/pay'>"
        "<button>支付 Pay</button></form>"
        if state == "NOTPAY"
        else ""
    )
    return (
        f"<tr><td><code>{number}</code><td>{html.escape(payment.title)}"
        f"<td>¥{fen // 100}.{fen % 100:02}<td>{STATES[state]}<td>{button}"
    )


def _is_json(request: Request) -> bool:
    kind = request.headers.get("content-type", "application/json")
    return kind.partition(";")[0].strip() == "application/json"


def _told(status: int, code: str, text: str) -> Response:
    return JSONResponse({"code": code, "message": text}, status_code=status)
