"""The fakes of the smaller ports of the openings service keep the contracts of the real ones."""

import pytest

from services.openings.adapters.codes import VocabularyCodes
from services.openings.adapters.keys import PepperedSecrets
from services.openings.adapters.markup import Nh3Markup
from services.openings.application.ports import Secrets
from services.openings.domain.codes import CodeList, Codes
from services.openings.domain.markup import Markup
from shared import vocabulary
from tests.fakes.openings import FakeCodes, FakeMarkup, FakeSecrets


@pytest.fixture(params=[Nh3Markup, FakeMarkup])
def markup(request: pytest.FixtureRequest) -> Markup:
    """The real cleaner and the fake."""
    found: Markup = request.param()
    return found


@pytest.fixture(params=["vocabulary", "fake"])
def codes(request: pytest.FixtureRequest) -> Codes:
    """The real lists and the fake ones."""
    return VocabularyCodes(vocabulary.load()) if request.param == "vocabulary" else FakeCodes()


@pytest.fixture(params=["peppered", "fake"])
def secrets(request: pytest.FixtureRequest) -> Secrets:
    """The real secrets and the fake ones."""
    return PepperedSecrets("0123456789abcdef") if request.param == "peppered" else FakeSecrets()


@pytest.mark.parametrize(
    ("html", "plain"),
    [
        ("<p>Hei</p><p>taas</p>", "Hei\n\ntaas"),
        ("<ul><li>yksi</li><li>kaksi</li></ul>", "- yksi\n- kaksi"),
        ("yksi<br>kaksi", "yksi\nkaksi"),
        ("rivi\ntoinen <b>rivi</b>", "rivi\ntoinen rivi"),
        ("<p>rivi\nsama</p>", "rivi sama"),
        ("<script>alert('x')</script><style>p {}</style>Hei", "Hei"),
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("<!-- piilo -->Hei<img src=x onerror=alert(1)>", "Hei"),
    ],
)
def test_markup_becomes_plain_text(markup: Markup, html: str, plain: str) -> None:
    """Tags are gone, paragraphs and items of lists are lines, references are their signs."""
    assert markup.plain(html).strip() == plain


@pytest.mark.parametrize("code_list", CodeList)
def test_lists_know_their_codes_and_no_others(codes: Codes, code_list: CodeList) -> None:
    """A known code is known and its own nearest one; nonsense is neither."""
    known = FakeCodes.codes[code_list][-1]
    assert codes.knows(code_list, known)
    assert codes.nearest(code_list, known)
    assert not codes.knows(code_list, "")
    assert not codes.knows(code_list, "\x00")
    assert codes.nearest(code_list, "\x00\x01\x02") == ""


def test_language_tags_are_known_by_their_language(codes: Codes) -> None:
    """Regions and scripts say nothing about whether the language is known."""
    assert codes.knows(CodeList.LANGUAGE, "sv-FI")
    assert not codes.knows(CodeList.LANGUAGE, "xx-FI")


def test_secrets_fit_their_own_hash_alone(secrets: Secrets) -> None:
    """Each key is another one, and "" is nobody's hash."""
    one, other = secrets.new(), secrets.new()
    assert one.kid != other.kid
    assert secrets.fits(one.secret, one.secret_hash)
    assert not secrets.fits(other.secret, one.secret_hash)
    assert not secrets.fits(one.secret, "")
    assert one.secret not in repr(one)


def test_secrets_have_256_random_bits_and_depend_on_the_pepper() -> None:
    """A stolen table is of no use without the pepper."""
    made = PepperedSecrets("0123456789abcdef").new()
    assert len(made.secret) >= 43
    assert not PepperedSecrets("another pepper than before").fits(made.secret, made.secret_hash)
