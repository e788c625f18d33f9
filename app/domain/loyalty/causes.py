"""Names of what an order, and its refunds, do to an account: each once."""


def burnt_for(order_id: int) -> str:
    return f"order:{order_id}:burn"


def unburnt_for(order_id: int) -> str:
    return f"order:{order_id}:unburn"


def returned_by(refund_id: int) -> str:
    return f"refund:{refund_id}:credit"


def earned_by(order_id: int, code: str) -> str:
    """`code`: of the promotion that rewards."""
    return f"order:{order_id}:earn:{code}"
