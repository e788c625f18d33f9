"""Clients that sign in: an app with tokens, and a page with a cookie."""

from dataclasses import dataclass, field
from typing import Any

from starlette.testclient import TestClient

SIGN_IN = """mutation ($code: String!) { signIn(input: {wechatMiniProgram: {code: $code}}) {
  viewer { id sessions { id channel device current lastSeenAt } }
  tokens { accessToken refreshToken expiresAt } newMember userErrors { code advice path message } } }"""
REFRESH = """mutation ($token: String!) { refreshSession(input: {refreshToken: $token}) {
  tokens { accessToken refreshToken } userErrors { code advice path message } } }"""
SIGN_OUT = """mutation ($input: SignOutInput!) { signOut(input: $input) {
  sessions { id device current } userErrors { code path } } }"""
SESSIONS = "{ viewer { id sessions { id channel device current } } }"
WHO = "{ viewer { id } }"


def codes(answer: Any) -> list[str]:
    """Of `errors`."""
    return [error["extensions"]["code"] for error in answer.json().get("errors", [])]


@dataclass
class App:
    """A client that keeps its tokens itself. No cookie is ever kept."""

    http: TestClient
    device: str
    tokens: dict[str, str] | None = None

    def ask(self, document: str, **variables: Any) -> Any:
        headers = {"Youhui-Channel": "app", "Youhui-Device": self.device}
        if self.tokens is not None:
            headers["Authorization"] = f"Bearer {self.tokens['accessToken']}"
        body = {"query": document, "variables": variables}
        return self.http.post("/graphql", json=body, headers=headers)

    def data(self, document: str, **variables: Any) -> Any:
        """Of the one field of an answer without errors."""
        body = self.ask(document, **variables).json()
        assert "errors" not in body, body
        [value] = body["data"].values()
        return value

    def sign_in(self, code: str) -> Any:
        done = self.data(SIGN_IN, code=code)
        assert done["userErrors"] == []
        self.tokens = done["tokens"]
        return done

    def refresh(self) -> Any:
        """Without the access token, which has ended by then."""
        assert self.tokens is not None
        anonymous = App(self.http, self.device)
        done = anonymous.data(REFRESH, token=self.tokens["refreshToken"])
        self.tokens = done["tokens"] or self.tokens
        return done


@dataclass
class Page:
    """An H5 page of this origin; the client keeps its cookie."""

    http: TestClient
    headers: dict[str, str] = field(
        default_factory=lambda: {
            "Origin": "http://localhost:8000",
            "Sec-Fetch-Site": "same-origin",
            "Youhui-Channel": "h5",
        }
    )

    def ask(self, document: str, *, without: str = "", **changed: Any) -> Any:
        """`changed`: variables, and headers under names with a capital."""
        variables = {name: value for name, value in changed.items() if name.islower()}
        headers = self.headers | {
            name.replace("_", "-"): value
            for name, value in changed.items()
            if name not in variables
        }
        headers.pop(without, None)
        body = {"query": document, "variables": variables}
        return self.http.post("/graphql", json=body, headers=headers)

    def sign_in(self, code: str = "ok-h5") -> Any:
        answer = self.ask(SIGN_IN, code=code)
        assert codes(answer) == [], answer.json()
        return answer

    @property
    def cookie(self) -> str | None:
        return self.http.cookies.get("youhui-demo")
