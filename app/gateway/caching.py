"""Cache headers that follow what was read."""

from app.resolvers.context import RequestContext

PRIVATE = "private, no-store"
"""Also for errors and for whatever holds a token: never kept anywhere."""


def cache_control(context: RequestContext, public_max_age_s: int) -> str:
    """For an answer without errors: kept by shared caches only if nothing of a viewer was read."""
    if context.private or context.no_store:
        return PRIVATE
    return f"public, max-age={public_max_age_s}"
