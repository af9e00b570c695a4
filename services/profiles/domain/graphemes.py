"""Counting characters as readers see them: extended grapheme clusters (Unicode Standard Annex 29), its main rules."""

import unicodedata

_JOINER = "\u200d"


def grapheme_count(text: str) -> int:
    """How many clusters: a letter with its marks, an emoji with its modifiers and joined ones, a flag, a syllable."""
    count, previous, flags = 0, "", 0
    for sign in text:
        flags = flags + 1 if _is_regional(sign) else 0
        if not previous or not _continues(previous, sign, flags):
            count += 1
        previous = sign
    return count


def _continues(previous: str, sign: str, flags: int) -> bool:
    """Whether there is no boundary before `sign`; `flags` is how many regional indicators end with it."""
    if unicodedata.category(previous) in ("Cc", "Zl", "Zp"):
        return previous == "\r" and sign == "\n"
    if unicodedata.category(sign) in ("Mn", "Me", "Mc") or sign == _JOINER or _is_modifier(sign):
        return True  # GB9, GB9a
    if previous == _JOINER and unicodedata.category(sign) == "So":
        return True  # GB11
    return (flags > 0 and flags % 2 == 0) or _same_syllable(previous, sign)  # GB12; GB6 to GB8


def _is_regional(sign: str) -> bool:
    return "\U0001f1e6" <= sign <= "\U0001f1ff"


def _is_modifier(sign: str) -> bool:
    """Skin tones, and tags of subdivision flags."""
    return "\U0001f3fb" <= sign <= "\U0001f3ff" or "\U000e0020" <= sign <= "\U000e007f"


def _same_syllable(previous: str, sign: str) -> bool:
    """Hangul jamo: leading, vowel, trailing."""
    leading, vowel = "\u1100" <= previous <= "\u115f", "\u1160" <= previous <= "\u11a7"
    syllable = "\uac00" <= previous <= "\ud7a3"
    if "\u1100" <= sign <= "\u115f" or "\uac00" <= sign <= "\ud7a3":
        return leading
    if "\u1160" <= sign <= "\u11a7":
        return leading or vowel or (syllable and (ord(previous) - 0xAC00) % 28 == 0)
    return "\u11a8" <= sign <= "\u11ff" and (vowel or syllable or "\u11a8" <= previous <= "\u11ff")
