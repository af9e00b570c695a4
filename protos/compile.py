"""Compiles the protos into `protos/gen`: Python modules, type stubs and the image that buf checks.

protovalidate's wheel carries its rules as a descriptor and no `.proto` file, and buf can fetch no modules offline;
so the descriptor is taken out of the wheel and handed to protoc, and buf works on the finished image.

usage: python protos/compile.py
"""

import shutil
import subprocess
import sys
from pathlib import Path

from google.protobuf import descriptor_pb2

PROTOS = Path(__file__).resolve().parent
GEN = PROTOS / "gen"
IMAGE = GEN / "image.binpb"
VALIDATE = "buf/validate/validate.proto"


def validate_descriptors() -> bytes:
    """The FileDescriptorSet of protovalidate's rules with the well-known types they need, as bytes."""
    from protovalidate._gen.buf.validate import validate_pb

    files: dict[str, bytes] = {}

    def add(file: object) -> None:
        for dependency in file.dependencies:  # type: ignore[attr-defined]
            add(dependency)
        files.setdefault(file.name, file.proto.to_binary())  # type: ignore[attr-defined]

    add(validate_pb.desc())
    found = descriptor_pb2.FileDescriptorSet()
    for content in files.values():
        found.file.add().ParseFromString(content)
    return found.SerializeToString()


def protoc(*arguments: str) -> None:
    """Runs the protoc of grpcio-tools in the protos' folder; its messages go to the terminal."""
    plugins = Path(sys.executable).parent
    subprocess.run(
        [sys.executable, "-m", "grpc_tools.protoc", *arguments],
        cwd=PROTOS,
        check=True,
        env={"PATH": f"{plugins}:/usr/bin:/bin"},
    )


def compile_protos() -> None:
    """Writes everything anew into a folder beside `gen` and swaps it in, so that a failed run leaves the old one."""
    fresh = PROTOS / "gen.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    descriptors = fresh / "validate.binpb"
    descriptors.write_bytes(validate_descriptors())
    sources = sorted(str(path.relative_to(PROTOS)) for path in (PROTOS / "polku").rglob("*.proto"))
    given = f"--descriptor_set_in={descriptors}"
    python = [f"--python_out={fresh}", f"--mypy_out=quiet:{fresh}"]
    protoc(given, *python, VALIDATE)
    protoc("-I.", given, *python, f"--grpc_python_out={fresh}", f"--mypy_grpc_out=quiet:{fresh}", *sources)
    image = fresh / IMAGE.name
    protoc("-I.", given, f"--descriptor_set_out={image}", "--include_imports", "--include_source_info", *sources)
    for folder in [fresh, *(path for path in fresh.rglob("*") if path.is_dir())]:
        if folder != fresh:
            (folder / "__init__.py").touch()
            (folder / "py.typed").touch()
    shutil.rmtree(GEN, ignore_errors=True)
    fresh.rename(GEN)
    print(f"protos: {len(sources)} files compiled into {GEN.relative_to(PROTOS.parent)}")


if __name__ == "__main__":
    compile_protos()
