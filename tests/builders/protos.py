"""What the protos declare, read from their files: a new service or method is there without anybody naming it."""

import importlib
from collections.abc import Iterator
from pathlib import Path

from google.protobuf.descriptor import MethodDescriptor

PROTOS = Path(__file__).parents[2] / "protos"


def methods(package: str = "polku") -> Iterator[tuple[str, MethodDescriptor]]:
    """Every method of every service of a package such as "polku/profiles", by its full name."""
    for proto in sorted((PROTOS / package).rglob("*.proto")):
        name = ".".join(proto.relative_to(PROTOS).with_suffix("").parts)
        for service in importlib.import_module(f"{name}_pb2").DESCRIPTOR.services_by_name.values():
            for method in service.methods:
                yield f"{service.full_name}/{method.name}", method
