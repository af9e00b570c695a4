"""Finding markup in a text and how deep it nests, in linear time: asked before a cleaner may touch the text.

Cleaners build a tree. Deep nesting costs them quadratic time, and an element that is left open is built anew in every
paragraph after it; so what nests too deep is refused unseen.
"""

import re
from typing import Protocol

DEEPEST = 30
"""Elements inside each other that a text may have."""
MOST_BUILT = 20_000
"""Elements that a cleaner may have to build for a text: for each tag, as many as are open at it."""
_MARKUP = re.compile(r"<[A-Za-z/!?]|&(?:[A-Za-z][A-Za-z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_TAG = re.compile(r"<(/?)([A-Za-z][^\s/>]{0,40})")
# Elements without an end tag, from the HTML standard, §13.1.2.
_VOID_NAMES = "area base br col embed hr img input link meta param source track wbr"
_VOID = frozenset(_VOID_NAMES.split())
# Elements whose end tag may be left out where another one of their kind, or the end of the parent, follows: §13.1.2.4.
_END_IMPLIED_NAMES = "p li dt dd option tr td th thead tbody tfoot rt rp"
_END_IMPLIED = frozenset(_END_IMPLIED_NAMES.split())


class Markup(Protocol):
    """Turns HTML into text for people."""

    def plain(self, html: str) -> str:
        """The text without tags, scripts and styles; paragraphs and items of lists on lines of their own."""
        ...


def has_markup(text: str) -> bool:
    """Whether the text holds a tag, a comment or a character reference."""
    return _MARKUP.search(text) is not None


def nests_too_deep(html: str) -> bool:
    """Whether elements nest deeper than DEEPEST, or a cleaner would have to build more than MOST_BUILT of them.

    It errs on the deep side for markup that is not well-formed, as a browser's own repairs may nest it deeper.
    """
    open_tags: list[str] = []
    built = 0
    for slash, name in _TAG.findall(html):
        tag = name.lower()
        if tag in _VOID:
            continue
        if slash:
            _close(open_tags, tag)
            continue
        if open_tags and open_tags[-1] in _END_IMPLIED and (open_tags[-1] == tag or open_tags[-1] == "p"):
            open_tags.pop()
        open_tags.append(tag)
        built += len(open_tags)
        if len(open_tags) > DEEPEST or built > MOST_BUILT:
            return True
    return False


def _close(open_tags: list[str], tag: str) -> None:
    if tag not in open_tags:
        return
    while open_tags[-1] != tag and open_tags[-1] in _END_IMPLIED:
        open_tags.pop()
    if tag in open_tags:
        # Only the tag itself: what was left open inside it is carried on by a browser, and counts as open here.
        del open_tags[len(open_tags) - 1 - open_tags[::-1].index(tag)]
