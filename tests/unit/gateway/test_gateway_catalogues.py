"""Texts of the pages: complete in every language, and none outside the catalogues."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from jinja2 import Environment
from jinja2.lexer import TOKEN_BLOCK_BEGIN, TOKEN_DATA

from services.gateway import pages
from services.gateway.languages import FOLDER, direction, languages, own_name
from services.gateway.translations import translations

GATEWAY = Path(pages.__file__).parent
TEMPLATES = sorted(pages.TEMPLATES.glob("*.html"))
PLACEHOLDER = re.compile(r"%\(\w+\)s")
_METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
_OPTIONS = {"templates/**.html": {"trimmed": "true", "silent": "false"}}
_KEYWORDS = {"N_": None, "_": None, "gettext": None, "ngettext": (1, 2)}


def used() -> set[str | tuple[str, ...]]:
    """Every text that a template or a module marks."""
    found = extract_from_dir(GATEWAY, _METHODS, _OPTIONS, keywords=_KEYWORDS)
    return {tuple(message) if isinstance(message, list | tuple) else message for _, _, message, _, _ in found}


def catalogue(language: str) -> Catalog:
    """The catalogue of a language."""
    with (FOLDER / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def forms(text: Any) -> tuple[str, ...]:
    """A text's plural forms; one where it has none."""
    return tuple(text) if isinstance(text, list | tuple) else (str(text),)


def test_finnish_swedish_and_english_are_there() -> None:
    """The languages of the pages are those that have a catalogue, each under its own name."""
    assert {"fi", "sv", "en"} <= set(languages())
    assert [own_name(tag) for tag in ("fi", "sv", "en")] == ["Suomi", "Svenska", "English"]


def test_directions_are_right() -> None:
    """Arabic will run from right to left without further code."""
    assert [direction(tag) for tag in ("fi", "sv", "en", "uk", "ru", "so", "ar")] == ["ltr"] * 6 + ["rtl"]


@pytest.mark.parametrize("language", languages())
def test_a_catalogue_has_every_text_and_no_other(language: str) -> None:
    """Each text that is used is translated, none is doubtful (fuzzy), none is left over."""
    entries = {message.id: message for message in catalogue(language) if message.id}
    assert set(entries) == used()
    for message in entries.values():
        assert all(text.strip() for text in forms(message.string)), f"{language}: {message.id} has no translation"
        assert not message.fuzzy


@pytest.mark.parametrize("language", languages())
def test_translations_keep_their_placeholders(language: str) -> None:
    """A translation has the same named values as its original, in each plural form."""
    for message in catalogue(language):
        if message.id:
            for text in forms(message.string):
                assert set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(forms(message.id)[-1])), message.id


def test_the_three_languages_are_three_languages() -> None:
    """A Finnish or Swedish text is not the English one, but for the few words that are alike."""
    for language in ("fi", "sv"):
        same = [message.id for message in catalogue(language) if message.id and message.string == message.id]
        assert same == []


def test_catalogues_are_compiled_in_memory() -> None:
    """Texts come from the .po files themselves, so that nothing has to be built."""
    assert translations("fi").gettext("Sign in") == "Kirjaudu sisään"
    assert translations("sv").ngettext("%(count)s opening fits.", "%(count)s openings fit.", 2).startswith("%(count)s")
    assert not list(FOLDER.rglob("*.mo"))


class _Texts(HTMLParser):
    """Collects the text of HTML, and of the attributes that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        """Keep a text."""
        self.found.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the texts of attributes."""
        read_out = ("aria-label", "alt", "title", "placeholder")
        self.found += [value for name, value in attrs if name in read_out and value]


def plain_html(template: Path) -> str:
    """A template without its expressions and without what stands inside trans blocks."""
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    return "".join(_outside_trans(environment, template.read_text(encoding="utf-8")))


def _outside_trans(environment: Environment, source: str) -> Iterator[str]:
    inside = False
    block: list[str] = []
    for _, token, value in environment.lex(source):
        if token == TOKEN_BLOCK_BEGIN:
            block = []
        elif token == "name" and len(block) == 0:  # jinja2's kind of token
            block.append(value)
            inside = value == "trans" or (inside and value != "endtrans")
        elif token == TOKEN_DATA and not inside:
            yield value


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_text_of_its_own(template: Path) -> None:
    """Whatever a reader sees or hears comes from the catalogues; only the product's name and signs stand alone."""
    parser = _Texts()
    parser.feed(plain_html(template))
    texts = {text.strip(" \n–.,:") for text in parser.found} - {"", "Polku"}
    assert not [text for text in texts if any(char.isalpha() for char in text)]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_inline_styles_or_scripts(template: Path) -> None:
    """The content security policy forbids them, and nothing comes from another host: a script is a file of ours."""
    source = template.read_text(encoding="utf-8")
    own = re.compile(r"<script src=\"{{ static_url\('[a-z]+\.js'\) }}\" defer></script>")
    assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:", own.sub("", source))
    assert not re.search(r'(src|href)="(https?:)?//', source)


def test_the_styles_load_nothing_from_elsewhere() -> None:
    """Styles are self-hosted: no import and no address."""
    styles = "".join(path.read_text(encoding="utf-8") for path in sorted((GATEWAY / "static").glob("*.css")))
    assert "@import" not in styles
    assert "url(" not in styles
    physical = re.findall(r"(?:margin|padding|border|inset)-(?:left|right)|(?<![\w-])(?:left|right)\s*:", styles)
    assert physical == [], "logical properties only, so that right-to-left languages need no rules of their own"
