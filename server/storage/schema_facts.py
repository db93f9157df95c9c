"""A database's schema as a set of facts, so that two schemas can be compared whatever SQL made them.

Column order is left out: a column added later stands at the end. So are CHECK constraints on SQLite, which tells
them only as the text of the table.
"""

from typing import Any

_TABLES = "SELECT name, type, wr, strict FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite%'"
_INDEXES = 'SELECT name, "unique", origin, partial FROM pragma_index_list(?)'
_INDEX_COLUMNS = 'SELECT name, "desc", coll FROM pragma_index_xinfo(?) WHERE key ORDER BY seqno'
_COLUMNS = 'SELECT name, upper(type), "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?)'
_FOREIGN_KEYS = 'SELECT id, "table", "from", "to", on_update, on_delete FROM pragma_foreign_key_list(?)'
_CODE = """SELECT type, name, sql FROM sqlite_master
           WHERE type IN ('trigger', 'view') OR (type = 'index' AND sql LIKE '%WHERE%')"""


def describe_sqlite(raw: Any) -> frozenset[str]:
    """What the main database of a connection holds."""
    facts: set[str] = set()
    for table, kind, without_rowid, strict in raw.execute(_TABLES).fetchall():
        facts.add(f"{table}: {kind} without_rowid={without_rowid} strict={strict}")
        facts.update(f"{table}: column {column}" for column in raw.execute(_COLUMNS, (table,)))
        facts.update(f"{table}: references {key[1:]}" for key in raw.execute(_FOREIGN_KEYS, (table,)))
        for name, *kind_of_index in raw.execute(_INDEXES, (table,)).fetchall():
            columns = raw.execute(_INDEX_COLUMNS, (name,)).fetchall()
            shown = "" if name.startswith("sqlite_autoindex") else name
            facts.add(f"{table}: index {shown} {kind_of_index} {columns}")
    for kind, name, sql in raw.execute(_CODE).fetchall():
        facts.add(f"{kind} {name}: {''.join(sql.replace(chr(34), '').split())}")
    return frozenset(facts)


_PG_FACTS = (
    """SELECT format('%s: column %s %s null=%s default=%s generated=%s', table_name, column_name,
                     coalesce(domain_name, udt_name) || coalesce('(' || character_maximum_length || ')', ''),
                     is_nullable, column_default, generation_expression)
       FROM information_schema.columns WHERE table_schema = $1""",
    "SELECT format('%s: index %s', tablename, indexdef) FROM pg_indexes WHERE schemaname = $1",
    """SELECT format('%s: constraint %s %s', r.relname, c.conname, pg_get_constraintdef(c.oid))
       FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid JOIN pg_namespace n ON n.oid = r.relnamespace
       WHERE n.nspname = $1""",
    """SELECT format('%s: trigger %s', r.relname, pg_get_triggerdef(t.oid))
       FROM pg_trigger t JOIN pg_class r ON r.oid = t.tgrelid JOIN pg_namespace n ON n.oid = r.relnamespace
       WHERE n.nspname = $1 AND NOT t.tgisinternal""",
    "SELECT format('view %s: %s', viewname, definition) FROM pg_views WHERE schemaname = $1",
)


async def describe_postgres(connection: Any, schema: str) -> frozenset[str]:
    """What one schema of an asyncpg connection's database holds; the schema's own name is left out."""
    facts: set[str] = set()
    for query in _PG_FACTS:
        facts.update(fact.replace(f"{schema}.", "") for (fact,) in await connection.fetch(query, schema))
    return frozenset(facts)
