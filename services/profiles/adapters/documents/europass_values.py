"""Values of Europass documents: codes, levels, texts with markup."""

import html
import re
from collections.abc import Mapping
from typing import Any

from services.profiles.adapters.documents.text import plain
from services.profiles.domain.cv.periods import months_from
from services.profiles.domain.values import CefrLevel, CefrProfile

_LEVELS = {name: CefrLevel[name] for name in ("A1", "A2", "B1", "B2", "C1", "C2")}
_BREAK = re.compile(r"<(?:br|/p|/li|/div|/ul)\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,1000}>")
_BLANKS = re.compile(r"[ \t\xa0]+")
_DRIVING = re.compile(r"AM|A|BE|B|C1|CE|C|D1|DE|D|T")
_LONGEST = 5000
_CODES = """
    fin=fi swe=sv eng=en ukr=uk rus=ru ara=ar som=so est=et prs=prs fas=fa per=fa pus=ps kur=ku ckb=ckb tur=tr vie=vi
    zho=zh chi=zh tha=th spa=es fra=fr fre=fr deu=de ger=de pol=pl ron=ro rum=ro sqi=sq alb=sq amh=am tir=ti ben=bn
    hin=hi urd=ur nep=ne fil=fil tgl=fil por=pt ita=it lav=lv lit=lt hun=hu swa=sw
"""
_THREE_LETTERS: Mapping[str, str] = {three: tag for three, _, tag in (pair.partition("=") for pair in _CODES.split())}
"""ISO 639-2 codes (both forms) of the vocabulary's languages."""


def words(given: Any) -> str:
    """A text without its markup; "" for anything else."""
    if not isinstance(given, str):
        return ""
    unmarked = html.unescape(_TAG.sub("", _BREAK.sub("\n", given[: _LONGEST * 2])))
    lines = (_BLANKS.sub(" ", line).strip() for line in plain(unmarked).splitlines())
    return "\n".join(line for line in lines if line)[:_LONGEST]


def country_code(given: Any) -> str:
    """ISO 3166-1 alpha-2, "" where it is not one. Europass writes EL for Greece and UK for the United Kingdom."""
    code = str(given or "").upper()
    return {"EL": "GR", "UK": "GB"}.get(code, code) if re.fullmatch("[A-Z]{2}", code) else ""


def language_code(given: Any) -> str:
    """BCP 47 of ISO 639-1 or 639-2, "" for anything else."""
    code = str(given or "").lower()
    if re.fullmatch("[a-z]{3}", code):
        return _THREE_LETTERS.get(code, code)
    return code if re.fullmatch("[a-z]{2}", code) else ""


def driving_licence(given: Any) -> str:
    """Polku's code of a driving licence class, "" for anything else."""
    name = str(given or "").strip().upper()
    return f"driving-licence-{name.lower()}" if _DRIVING.fullmatch(name) else ""


def profile_of(levels: Mapping[str, Any]) -> CefrProfile:
    """The four activities from Europass's five: speaking is the better of interaction and production."""

    def level(name: str) -> CefrLevel:
        return _LEVELS.get(str(levels.get(name, "")).upper(), CefrLevel.UNKNOWN)

    speaking = max(level("SpokenInteraction"), level("SpokenProduction"))
    return CefrProfile(level("Listening"), level("Reading"), speaking, level("Writing"))


def months_between(begin: tuple[int, int | None] | None, end: tuple[int, int | None] | None) -> int | None:
    """Months from one point to the other, None where one is missing."""
    return months_from(begin, end) if begin is not None and end is not None else None
