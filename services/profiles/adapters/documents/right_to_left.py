"""Arabic text out of PDFs, back in the order in which it is read.

A PDF holds places of glyphs. What comes out of it is of three kinds: as it was written; as shapes of letters (Unicode's
presentation forms) with the parts of a line from left to right; or with each Arabic part mirrored letter by letter.
"""

import re
import unicodedata

_ARABIC = "\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff"
_SHAPES = re.compile("[\ufb50-\ufdff\ufe70-\ufeff]")
_RUN = re.compile(rf"[:،؛.]*[{_ARABIC}](?:[{_ARABIC} \t،؛:.()/–-]*[{_ARABIC}])?")
_MIRRORED_RUN = re.compile(rf"[ :،؛.]*[{_ARABIC}](?:[{_ARABIC} \t،؛:.()/–-]*[{_ARABIC}])?")
_SIGN_FIRST = re.compile(r"^([:،؛.]+)(.*)$")
_WORD = re.compile(rf"[{_ARABIC}]{{3,}}")
_ENDS_ONLY = ("ة", "ى")
"""Letters that stand at the end of words and nowhere else."""


def readable(text: str) -> str:
    """The text with its Arabic parts as they are read."""
    shaped = _SHAPES.search(text) is not None
    plain = _SHAPES.sub(lambda found: unicodedata.normalize("NFKC", found.group()), text)
    if _mirrored(plain):
        return _MIRRORED_RUN.sub(lambda found: found.group()[::-1], plain)
    return "\n".join(map(_reordered, plain.splitlines())) if shaped else plain


def _mirrored(text: str) -> bool:
    """Whether words begin with what they should end with."""
    words: list[str] = _WORD.findall(text)
    begins = sum(word.startswith(_ENDS_ONLY) or word.endswith("لا") for word in words)
    ends = sum(word.endswith(_ENDS_ONLY) or word.startswith("ال") for word in words)
    return begins > ends


def _reordered(line: str) -> str:
    """A line that is mostly Arabic with its parts from right to left."""
    runs = list(_RUN.finditer(line))
    if not runs or sum(len(run.group()) for run in runs) * 2 < len(line.strip()):
        return line
    parts: list[str] = []
    last = 0
    for run in runs:
        # A sign at the left of an Arabic part comes after it.
        parts += [line[last : run.start()], _SIGN_FIRST.sub(r"\2\1", run.group())]
        last = run.end()
    parts.append(line[last:])
    words = (part.strip() for part in reversed(parts))
    return " ".join(word for word in words if word)
