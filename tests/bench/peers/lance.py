"""lancedb: exact search over a table, with the filter before it."""

from pathlib import Path
from typing import Any

import lancedb
import pyarrow as pa
from work import TOP, Work, main


def _run(work: Work, own: Path, calls: int) -> dict[str, Any]:
    dimension = work.vectors.shape[1]
    numbers = pa.FixedSizeListArray.from_arrays(pa.array(work.vectors.reshape(-1)), dimension)
    table = lancedb.connect(str(own)).create_table(
        "item", pa.table({"id": range(len(work.vectors)), "fits": pa.array(work.fits), "numbers": numbers})
    )

    def search(query: Any) -> list[int]:
        asked = table.search(query, vector_column_name="numbers").distance_type("dot")
        found = asked.where("fits = true", prefilter=True).limit(TOP).select(["id"]).to_arrow()
        return found["id"].to_pylist()

    return {"lancedb": work.measure(search, calls)}


if __name__ == "__main__":
    main(_run)
