"""Bad requests: what a caller built wrongly. Each has a stable code and is shown as it is.

A refusal that a driver can act on is data instead (`refusals`); everything else that is raised is a
fault and is masked at the edge.
"""

from typing import ClassVar


class BadRequest(Exception):
    """Raised by a resolver, or by the schema when it converts input; `code` is for programs, the
    message for the developer who reads it."""

    code: ClassVar[str] = "BAD_REQUEST"

    @property
    def extensions(self) -> dict[str, object]:
        """What stands beside the message in the answer."""
        return {"code": self.code}


class BadCursor(BadRequest):
    """A cursor that is not ours, or of another list than the one asked for."""

    code = "BAD_CURSOR"

    def __init__(self) -> None:
        super().__init__("`after` is not a cursor of this list: start again without it")


class BadPageSize(BadRequest):
    code = "BAD_PAGE_SIZE"

    def __init__(self, first: int) -> None:
        super().__init__(f"`first` must be from 1 to 100, not {first}")


class BadCoordinates(BadRequest):
    code = "BAD_COORDINATES"

    def __init__(self) -> None:
        super().__init__("latitude must be from -90 to 90 and longitude from -180 to 180")


class BadRadius(BadRequest):
    code = "BAD_RADIUS"

    def __init__(self, largest_m: int) -> None:
        super().__init__(f"`radiusMeters` must be from 1 to {largest_m}")


class BadFill(BadRequest):
    code = "BAD_FILL"

    def __init__(self) -> None:
        super().__init__("`fill` must be 1 to 1000000 fen, or 0.1 to 1200 litres")


class PlaceMissing(BadRequest):
    """Without `near` a list is bounded by region, text, offer, coupon or favourites."""

    code = "PLACE_MISSING"

    def __init__(self, message: str) -> None:
        super().__init__(message)


class SignInRequired(BadRequest):
    code = "SIGN_IN_REQUIRED"

    def __init__(self) -> None:
        super().__init__("sign in: what is asked for is the viewer's own")


class OrderUnknown(BadRequest):
    code = "NOT_FOUND"

    def __init__(self) -> None:
        super().__init__("the viewer has no such order")


class TooMany(BadRequest):
    code = "TOO_MANY"

    def __init__(self, what: str, most: int) -> None:
        super().__init__(f"at most {most} {what}")


class BadDays(BadRequest):
    code = "BAD_DAYS"

    def __init__(self) -> None:
        super().__init__("`days` must be from 1 to 366")


class Throttled(BadRequest):
    """Too many attempts; the refusal of fields that have no `userErrors`."""

    code = "RATE_LIMITED"

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"too many attempts: try again in {retry_after_s} s")
        self._retry_after_s = retry_after_s

    @property
    def extensions(self) -> dict[str, object]:
        return {"code": self.code, "retryAfterSeconds": self._retry_after_s}


class NotPermitted(BadRequest):
    """Of a field that needs a permission: who asks does not have it, or no longer."""

    code = "FORBIDDEN"

    def __init__(self) -> None:
        super().__init__("you have no permission for this")


class BadDay(BadRequest):
    code = "BAD_DAY"

    def __init__(self) -> None:
        super().__init__('`day` must be a date such as "2026-11-23"')
