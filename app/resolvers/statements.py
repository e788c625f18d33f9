"""The viewer's points and fuel credit: balances and statements."""

from app.domain.loyalty.balance import Balance
from app.domain.loyalty.entry import Entry
from app.domain.loyalty.unit import Unit
from app.ports.balances import StatementPage
from app.resolvers.context import RequestContext, Viewer
from app.resolvers.keys import EntryKey
from app.resolvers.pages import Cursor, Page, Placed, check_first, key_after


async def balance(viewer: Viewer, unit: Unit) -> Balance:
    """At the request's moment; a member who never had any has nothing."""
    return (await viewer.loaders.balances.load(viewer.user_id))[unit]


async def statement(
    context: RequestContext, viewer: Viewer, unit: Unit, first: int, after: Cursor | None
) -> Page[Entry]:
    """Newest first, without postings. Bad page size or cursor: `BadRequest`. Database down:
    `StorageUnavailable`."""
    check_first(first)
    listing = f"statement:{viewer.user_id}:{unit.value}"
    key = key_after(after, listing, (int,))
    found = await context.balances.page(
        StatementPage(
            user_id=viewer.user_id,
            unit=unit,
            first=first,
            before=None if key is None else int(key[0]),
        )
    )
    version = context.catalog.version
    placed = tuple(
        Placed(Cursor(listing=listing, version=version, key=(entry.seq,)), entry)
        for entry in found[:first]
    )
    return Page(placed, len(found) > first, key is not None)


async def entry_by_key(context: RequestContext, key: EntryKey) -> Entry | None:
    """The viewer's own; another's and a guest's are None."""
    viewer = context.viewer()
    if viewer is None or key.user_id != viewer.user_id:
        return None
    return await viewer.loaders.ledger_entry.load((viewer.user_id, key.unit, key.seq))
