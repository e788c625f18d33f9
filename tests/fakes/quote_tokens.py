"""Quote tokens without cryptography: it remembers what it signed."""

from dataclasses import dataclass, field

from app.ports.quote_tokens import QuoteClaims, QuoteTokenInvalid


@dataclass
class FakeQuoteTokens:
    signed: list[QuoteClaims] = field(default_factory=list)

    def sign(self, claims: QuoteClaims) -> str:
        self.signed.append(claims)
        return f"token-{len(self.signed)}"

    def read(self, token: str) -> QuoteClaims:
        number = token.removeprefix("token-")
        if not number.isdigit() or not 1 <= int(number) <= len(self.signed):
            raise QuoteTokenInvalid(token)
        return self.signed[int(number) - 1]
