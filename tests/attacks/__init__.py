"""Attacks as data (`cases/*.yaml`), one runner, and real servers to aim at.

Every case is refused by a typed error, cheaply, and the next request is served.

    python -m tests.attacks          (make attacks: a table, with what each refusal cost)
"""
