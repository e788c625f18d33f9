"""Jobs of payments."""

from app.resolvers.payment_money import check_payment, sweep_payments
from app.worker.task import Sweep, Task

TASKS = (
    Task("payments.check", check_payment),
    Task("payments.close", check_payment),
)
SWEEPS = (Sweep("payments.sweep", sweep_payments),)
