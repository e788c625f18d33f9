"""What a database's own catalog says of its tables: the truth that `alembic check` sees in part.

Each entry names one thing and describes it in full, so that two databases compare as mappings.
"""

from collections.abc import Mapping

from sqlalchemy import create_engine, pool, text

COLUMNS = """
SELECT 'column ' || c.relname || '.' || a.attname,
       format_type(a.atttypid, a.atttypmod)
       || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
       || CASE a.attidentity WHEN '' THEN '' ELSE ' IDENTITY ' || a.attidentity::text END
       || CASE a.attgenerated WHEN '' THEN '' ELSE ' GENERATED' END
       || coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '')
       || ' COLLATION ' || a.attcollation::regcollation::text
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p')
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
"""

# PostgreSQL 18 lists NOT NULL as constraints too; the columns above tell of them already.
CONSTRAINTS = """
SELECT 'constraint ' || c.relname || '.' || k.conname,
       k.contype::text || ' ' || pg_get_constraintdef(k.oid)
       || CASE WHEN k.convalidated THEN '' ELSE ' NOT VALID' END
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
WHERE c.relnamespace = 'public'::regnamespace AND k.contype <> 'n'
"""

INDEXES = """
SELECT 'index ' || c.relname, pg_get_indexdef(i.indexrelid)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE c.relnamespace = 'public'::regnamespace
"""

OTHERS = """
SELECT CASE c.relkind WHEN 'S' THEN 'sequence ' WHEN 'v' THEN 'view ' ELSE 'table ' END
       || c.relname, c.relkind::text || ' ' || c.relpersistence::text
       || CASE WHEN c.relrowsecurity THEN ' ROW SECURITY' ELSE '' END
FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'S', 'v', 'm')
UNION ALL
SELECT 'trigger ' || t.tgname, pg_get_triggerdef(t.oid) FROM pg_trigger t WHERE NOT t.tgisinternal
UNION ALL
SELECT 'type ' || t.typname, t.typtype::text FROM pg_type t
WHERE t.typnamespace = 'public'::regnamespace AND t.typtype IN ('e', 'd')
"""


OF_OTHERS = ("alembic_version", "procrastinate_")


def catalog_of(url: str) -> dict[str, str]:
    """Columns (type, default, identity), constraints with their definitions, indexes with key
    order and predicate, tables, sequences, triggers, types. Alembic's own table is left out, and
    those of the job queue, which no metadata of ours describe."""
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        entries = {
            name: description
            for query in (COLUMNS, CONSTRAINTS, INDEXES, OTHERS)
            for name, description in connection.execute(text(query))
            if not any(other in name for other in OF_OTHERS)
        }
    engine.dispose()
    return entries


def differences(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    """The names of entries that only one has, or that the two describe differently."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
