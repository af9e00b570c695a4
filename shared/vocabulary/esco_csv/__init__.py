"""Loader for the official ESCO CSV package (version 1.1 or later, any languages), as the ESCO portal offers it.

`read_package` answers the starter vocabulary with its occupations, skills, relations and ISCO labels replaced by the
package's. `python -m shared.vocabulary compile FOLDER OUT` writes the result into one file for `load`.
"""

from shared.vocabulary.esco_csv.merging import Merged, read_package

__all__ = ["Merged", "read_package"]
