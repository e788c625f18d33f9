"""The page on which a member signs in for an application: plain HTML, one style, no script."""

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from html import escape

from starlette.responses import Response

from app.domain.shared.text import Language, LocalizedText

STYLE = (
    "body{font:16px/1.6 system-ui,sans-serif;margin:0;background:#f5f6f7;color:#1c1f23}"
    "main{max-width:24rem;margin:8vh auto;padding:1.5rem;background:#fff;border-radius:12px}"
    "h1{font-size:1.25rem;margin:0 0 .5rem}label{display:block;margin:1rem 0 .25rem}"
    "input{width:100%;box-sizing:border-box;font:inherit;padding:.6rem;border:1px solid #8a9099;"
    "border-radius:8px}button{width:100%;margin-top:1rem;padding:.7rem;font:inherit;border:0;"
    "border-radius:8px;background:#0b6b3a;color:#fff}button.second{background:#e6e9ec;color:#1c1f23}"
    "[role=alert]{color:#a3180b}[role=status]{color:#0b6b3a}"
)
_STYLE_HASH = b64encode(sha256(STYLE.encode()).digest()).decode()

_WORDS = {
    "title": LocalizedText(zh="登录油惠", en="Sign in to Youhui"),
    "for": LocalizedText(zh="登录后返回「{}」", en="You will return to “{}”"),
    "phone": LocalizedText(zh="手机号", en="Phone number"),
    "send": LocalizedText(zh="获取验证码", en="Send a code"),
    "code": LocalizedText(zh="短信验证码", en="Code from the message"),
    "enter": LocalizedText(zh="登录", en="Sign in"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInPage:
    """`target`: where its form goes, our own path; `leads_to`: where the answer may lead, for the
    page's policy. `wrong` and `told`: what went wrong, or well, a step before."""

    application: str
    target: str
    leads_to: str
    language: Language
    phone: str = ""
    wrong: str | None = None
    told: str | None = None

    def response(self, status: int = 200) -> Response:
        policy = (
            f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self' "
            f"{self.leads_to}; frame-ancestors 'none'; base-uri 'none'"
        )
        return _html(self._body(), self.language, status, policy)

    def _body(self) -> str:
        said = {name: words.in_language(self.language) for name, words in _WORDS.items()}
        notes = ""
        if self.wrong is not None:
            notes += f'<p role="alert">{escape(self.wrong)}</p>'
        if self.told is not None:
            notes += f'<p role="status">{escape(self.told)}</p>'
        return (
            f"<h1>{said['title']}</h1><p>{escape(said['for'].format(self.application))}</p>{notes}"
            f'<form method="post" action="{escape(self.target)}">'
            f'<label for="phone">{said["phone"]}</label>'
            '<input id="phone" name="phone" type="tel" autocomplete="tel" inputmode="tel" '
            f'required value="{escape(self.phone)}">'
            '<button class="second" name="step" value="send">'
            f"{said['send']}</button>"
            f'<label for="code">{said["code"]}</label>'
            '<input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" '
            'maxlength="10">'
            f'<button name="step" value="enter">{said["enter"]}</button></form>'
        )


def failed_page(text: LocalizedText, language: Language) -> Response:
    """Where nobody can be sent back to: who asks is not known, or not known by that address."""
    policy = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; frame-ancestors 'none'"
    title = _WORDS["title"].in_language(language)
    said = escape(text.in_language(language))
    return _html(f'<h1>{title}</h1><p role="alert">{said}</p>', language, 400, policy)


def _html(body: str, language: Language, status: int, policy: str) -> Response:
    title = _WORDS["title"].in_language(language)
    page = (
        f'<!doctype html><html lang="{language.value}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>"
    )
    headers = {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Frame-Options": "DENY",
    }
    return Response(page, status_code=status, media_type="text/html", headers=headers)
