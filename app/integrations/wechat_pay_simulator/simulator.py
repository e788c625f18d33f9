"""The simulator as one Starlette application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette

from app.integrations.wechat_pay_simulator.api import Api
from app.integrations.wechat_pay_simulator.book import Book
from app.integrations.wechat_pay_simulator.control import Control
from app.integrations.wechat_pay_simulator.delivery import Delivery
from app.integrations.wechat_pay_simulator.journal import Journal
from app.integrations.wechat_pay_simulator.keys import FOLDER, SimulatorKeys

JOURNAL = "journal.jsonl"


def create_simulator(data_dir: Path, *, pace: float = 1.0) -> Starlette:
    """Its keys and its journal are under `data_dir`, and it goes on where it ended. `pace`: by
    what the waits before a notice is told again are multiplied. Raises `AlreadyKept`."""
    keys = SimulatorKeys.kept_under(data_dir)
    journal = Journal(data_dir / FOLDER / JOURNAL)
    book = Book(journal, keys.mch_id)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        delivery.resume()
        api.resume()
        yield
        await delivery.close()
        journal.close()

    delivery = Delivery(book, keys, pace)
    api = Api(book, keys, delivery)
    app = Starlette(routes=[*api.routes(), *Control(api).routes()], lifespan=lifespan)
    app.state.api = api
    return app
