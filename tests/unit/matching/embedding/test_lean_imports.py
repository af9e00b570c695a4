"""Putting off scikit-learn while sentence-transformers is imported."""

import subprocess
import sys

_SCRIPT = """
import gc, importlib.util, sys
from services.matching.adapters.embedding.lean_imports import lean_imports
with lean_imports():
    from sklearn.metrics import pairwise_distances
    assert importlib.util.find_spec("sklearn") is not None
assert "sklearn" not in sys.modules and "scipy" not in sys.modules
assert gc.isenabled()
assert pairwise_distances([[0.0], [3.0]], metric="manhattan").tolist() == [[0.0, 3.0], [3.0, 0.0]]
assert sys.modules["sklearn"].__file__
with lean_imports():
    import sklearn.metrics
    assert sklearn.metrics.__file__
"""


def test_scikit_learn_is_imported_when_it_is_called() -> None:
    """The function works as ever, but its library is imported at the first call; one already imported is left alone."""
    subprocess.run([sys.executable, "-W", "error", "-c", _SCRIPT], check=True, timeout=60)
