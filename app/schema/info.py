"""What every field can reach: the request, and its words."""

import strawberry

from app.resolvers.context import RequestContext
from app.schema.texts.words import Words

Info = strawberry.Info[RequestContext, None]


def words_of(info: Info) -> Words:
    """Texts in the request's language, with the names of the request's catalog."""
    context = info.context
    return context.keep("words", lambda: Words(context.language, context.catalog))
