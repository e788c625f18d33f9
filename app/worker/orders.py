"""Jobs of orders."""

from app.resolvers.order_life import complete_order, fulfil_order, sweep_order_life
from app.resolvers.unpaid_orders import expire_order, sweep_unpaid
from app.worker.task import Sweep, Task

TASKS = (
    Task("orders.expire", expire_order),
    Task("orders.fulfil", fulfil_order),
    Task("orders.complete", complete_order),
)
SWEEPS = (
    Sweep("orders.sweep", sweep_unpaid),
    Sweep("orders.sweep_life", sweep_order_life),
)
