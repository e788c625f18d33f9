"""Demo data: deterministic, made from public facts and the documents under seed/.

Stations, members, orders and coupons are invented and say so; brands, places and ceilings are
facts (seed/SOURCES.md). Same recipe and moment, same rows.
"""
