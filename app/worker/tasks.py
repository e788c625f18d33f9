"""All that a worker knows: every area's tasks and sweeps. One task more needs an adapter of its own
and is added where a worker is bound (`reconciliation_task`)."""

from app.worker import (
    accounts,
    coupons,
    identities,
    orders,
    payments,
    privacy,
    reconciliation,
    referrals,
    refunds,
    requests,
    sessions,
)

AREAS = (
    accounts,
    coupons,
    identities,
    orders,
    payments,
    privacy,
    reconciliation,
    referrals,
    refunds,
    requests,
    sessions,
)
TASKS = tuple(task for area in AREAS for task in area.TASKS)
SWEEPS = tuple(sweep for area in AREAS for sweep in area.SWEEPS)
