"""Jobs of orders."""

from app.resolvers.order_life import complete_order, fulfil_order
from app.worker.task import Sweep, Task

TASKS = (
    Task("orders.fulfil", fulfil_order),
    Task("orders.complete", complete_order),
)
SWEEPS: tuple[Sweep, ...] = ()
