"""Importing sentence-transformers without what serving never uses.

The import takes 6.4 s and 440 MB. A quarter of the time is scikit-learn with SciPy's statistics, which
sentence-transformers imports for one distance function that nothing here calls; a part is the garbage collector,
which walks over objects that all stay. Both are put off here; everything works as before when it is called.
"""

import gc
import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

_PUT_OFF = ("sklearn", "sklearn.metrics")


@contextmanager
def lean_imports() -> Iterator[None]:
    """While it is active, `from sklearn.metrics import f` gives a function that imports scikit-learn when called.

    Nothing stands in for scikit-learn afterwards, and nothing does where it is already imported.
    """
    stand_ins = {} if "sklearn" in sys.modules else {name: _StandIn(name) for name in _PUT_OFF}
    sys.modules.update(stand_ins)
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        for name in stand_ins:
            sys.modules.pop(name, None)
        # Modules live as long as the process: later collections need not visit them.
        gc.freeze()
        if collecting:
            gc.enable()


class _StandIn(ModuleType):
    """A module of functions that are looked up in the real module at their first call."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        # Others ask whether the package is installed by its spec.
        self.__spec__ = ModuleSpec(name, None)
        self.__path__: list[str] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("__"):
            raise AttributeError(name)
        module = self.__name__

        def call(*arguments: Any, **options: Any) -> Any:
            return getattr(importlib.import_module(module), name)(*arguments, **options)

        return call
