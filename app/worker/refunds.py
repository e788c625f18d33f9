"""Jobs of refunds."""

from app.resolvers.refund_money import send_refund, sweep_refunds
from app.worker.task import Sweep, Task

TASKS = (
    Task("refunds.send", send_refund),
    Task("refunds.check", send_refund),
)
SWEEPS = (Sweep("refunds.sweep", sweep_refunds),)
