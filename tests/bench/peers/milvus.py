"""milvus-lite: the embedded Milvus, with a FLAT index and a filter expression."""

from pathlib import Path
from typing import Any

from pymilvus import DataType, MilvusClient
from work import TOP, Work, main

_AT_ONCE = 5_000


def _run(work: Work, own: Path, calls: int) -> dict[str, Any]:
    client = MilvusClient(str(own / "items.db"))
    schema = client.create_schema(auto_id=False)
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("fits", DataType.BOOL)
    schema.add_field("numbers", DataType.FLOAT_VECTOR, dim=work.vectors.shape[1])
    index = client.prepare_index_params()
    index.add_index("numbers", index_type="FLAT", metric_type="IP")
    client.create_collection("item", schema=schema, index_params=index)
    for start in range(0, len(work.vectors), _AT_ONCE):
        rows = range(start, min(start + _AT_ONCE, len(work.vectors)))
        client.insert("item", [{"id": row, "fits": bool(work.fits[row]), "numbers": work.vectors[row]} for row in rows])
    client.load_collection("item")

    def search(query: Any) -> list[int]:
        found = client.search("item", [query.tolist()], filter="fits == true", limit=TOP, anns_field="numbers")
        return [row["id"] for row in found[0]]

    return {"milvus-lite": work.measure(search, calls)}


if __name__ == "__main__":
    main(_run)
