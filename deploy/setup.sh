#!/bin/sh
# Sets up .venv from the hashed lock, compiles the protos and installs the `polku` command. Safe to run again:
# each step is skipped while nothing that it depends on has changed. Prints a line at least every five seconds.
#
#   PYTHON       the interpreter to use (default: python3.11, else python3)
#   TORCH_INDEX  the package index that holds PyTorch's CPU build, where the default index has none
set -eu
cd "$(dirname "$0")/.."

TORCH=2.13.0
UV=0.13.8
PY=.venv/bin/python
STARTED=$(date +%s)

fail() {
    printf '\nsetup: %s\n' "$1" >&2
    exit 1
}

# step NAME COMMAND…: runs the command with its output in a log, a sign of life every five seconds, and the time taken.
step() {
    name=$1
    shift
    began=$(date +%s)
    log=.venv/setup.log
    [ -d .venv ] || log=$(mktemp)
    printf '  %-44s' "$name"
    "$@" >"$log" 2>&1 &
    pid=$!
    tick=0
    while kill -0 "$pid" 2>/dev/null; do
        sleep 0.2
        tick=$((tick + 1))
        [ $((tick % 20)) -ne 0 ] || printf '\n    … still at it (%s s)  ' "$(($(date +%s) - began))"
    done
    if ! wait "$pid"; then
        printf '\n'
        tail -n 30 "$log" >&2
        fail "'$name' failed; the lines above say why. Nothing else was changed: mend it and run the same command again."
    fi
    printf ' %3s s\n' "$(($(date +%s) - began))"
}

find_python() {
    for candidate in ${PYTHON:-} python3.11 python3.12 python3.13 python3; do
        if command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    fail "Python 3.11 was not found. Install it (Debian 12: apt install python3 python3-venv) or name it: PYTHON=/path/to/python3.11"
}

install_torch() {
    "$PY" -m pip install --quiet --disable-pip-version-check --no-deps "torch==$TORCH" ${TORCH_INDEX:+--index-url "$TORCH_INDEX"}
}

install_locked() {
    "$PY" -m pip install --quiet --disable-pip-version-check "uv==$UV"
    "$PY" -m uv pip install --quiet --python "$PY" --no-deps --require-hashes -r deploy/requirements.lock
}

install_polku() {
    "$PY" -m uv pip install --quiet --python "$PY" --no-deps --no-build-isolation --editable .
}

check_torch() {
    "$PY" -c 'import torch; assert torch.version.cuda is None, "this is a CUDA build"'
}

# stamp NAME FILE…: true when the step was done with just these files.
fingerprint() { cat "$@" | cksum | tr -d ' \n'; }
done_with() { [ -f ".venv/.done-$1" ] && [ "$(cat ".venv/.done-$1")" = "$2" ]; }
mark() { printf '%s' "$2" >".venv/.done-$1"; }

locked=$(fingerprint deploy/requirements.lock deploy/setup.sh)
protos=$(find protos -name '*.proto' -o -name 'compile.py' | sort | tr '\n' '\0' | xargs -0 cat | cksum | tr -d ' \n')
project=$(fingerprint pyproject.toml)$locked

if done_with locked "$locked" && done_with protos "$protos" && [ -d protos/gen ] && done_with project "$project"; then
    exit 0
fi
echo "Setting up (first time: a minute or two)"
if ! "$PY" -c '' 2>/dev/null; then
    python=$(find_python)
    step "virtual environment" "$python" -m venv --clear .venv
fi
if ! done_with locked "$locked"; then
    if ! "$PY" -c "import importlib.metadata as m; assert m.version('torch').split('+')[0] == '$TORCH'" 2>/dev/null; then
        step "PyTorch $TORCH, CPU build" install_torch
    fi
    step "packages of deploy/requirements.lock" install_locked
    step "check that PyTorch is a CPU build that loads" check_torch ||
        fail "PyTorch's CPU build is needed. Name the index that pytorch.org gives for 'Linux, Pip, CPU': make setup TORCH_INDEX=…"
    mark locked "$locked"
fi
if ! done_with protos "$protos" || [ ! -d protos/gen ]; then
    step "protos" "$PY" protos/compile.py
    mark protos "$protos"
fi
if ! done_with project "$project"; then
    step "the polku command" install_polku
    mark project "$project"
fi
echo "Set up in $(($(date +%s) - STARTED)) s"
