"""HTML to plain text: nh3 parses it as a browser does and keeps a handful of tags, which then become lines."""

import html
import re

import nh3

_BLOCKS = "p div section article blockquote pre ul ol dl dt dd h1 h2 h3 h4 h5 h6 table tr hr"
_TAGS = frozenset(f"{_BLOCKS} br li td th".split())
# Their content is no text for people.
_NO_TEXT = "script style template noscript iframe object embed svg math title textarea select"
_DROPPED_WHOLE = frozenset(_NO_TEXT.split())
# What comes out of nh3 is well-formed and has no attributes, so that a simple pattern finds every tag.
_LEFT_TAG = re.compile(r"<(/?)([a-z0-9]+)>")
_BLANKS = re.compile(r"[ \t\u00a0]+")
_AROUND_LINES = re.compile(r" *\n *")
_MANY_LINES = re.compile(r"\n{3,}")


class Nh3Markup:
    """Cleans with nh3. Fulfils `domain.markup.Markup`."""

    def plain(self, html_text: str) -> str:
        """The text of the HTML; see `domain.markup.Markup`."""
        cleaned = nh3.clean(
            html_text,
            tags=set(_TAGS),
            clean_content_tags=set(_DROPPED_WHOLE),
            attributes={},
            strip_comments=True,
            link_rel=None,
        )
        if _LEFT_TAG.search(cleaned):
            # With tags that make lines, line breaks in the source are blanks; without, they are the writer's own.
            cleaned = cleaned.replace("\n", " ")
        text = html.unescape(_LEFT_TAG.sub(_as_lines, cleaned))
        text = _AROUND_LINES.sub("\n", _BLANKS.sub(" ", text))
        return _MANY_LINES.sub("\n\n", text)


def _as_lines(tag: re.Match[str]) -> str:
    closing, name = tag.groups()
    if name == "li":
        return "" if closing else "\n- "
    if name in ("td", "th"):
        return " " if closing else ""
    return "" if closing and name == "br" else "\n"
