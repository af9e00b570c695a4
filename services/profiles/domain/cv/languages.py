"""Languages with their levels, as CVs list them: "suomi – B1", "Українська: рідна", "Finnish (A2)"."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from services.profiles.domain.cv.lines import Line
from services.profiles.domain.values import CefrLevel, CefrProfile
from shared.vocabulary import Mention

_CODE = re.compile(r"(?<![A-Za-z0-9])([ABC][12])(?![A-Za-z0-9])", re.IGNORECASE)
_CYRILLIC = str.maketrans("АВСавс", "ABCabc")
_WORDS: Mapping[CefrLevel, str] = {
    CefrLevel.NATIVE: (
        "äidinkiel|modersmål|native|mother tongue|first language|рідн|родн|материнськ|"
        "اللغة الأم|اللغة الام|لغة أم|لغة الأم"
    ),
    CefrLevel.C1: (
        "erinomai|sujuva|flytande|utmärkt|fluent|excellent|proficient|вільн|свободн|відмінн|отличн|بطلاقة|طلاقة|ممتاز"
    ),
    CefrLevel.B2: "hyvä|goda?\\b|bra\\b|good|добр|хорош|جيد جدا|جيدة جدا",
    CefrLevel.B1: "tyydyttävä|kohtalai|medel|intermediate|moderate|середн|средн|جيد|جيدة|متوسط",
    CefrLevel.A2: (
        "perus|alkee|välttävä|grund|nybörjar|basic|elementary|beginner|базов|початков|начальн|مبتدئ|أساسي|بسيط"
    ),
}
"""Words for levels, the first that is found counts. A word is an estimate: the lower level that it may mean."""
_LEVELS = [(level, re.compile(words, re.IGNORECASE)) for level, words in _WORDS.items()]
_BEHIND = 45  # characters after a language's name in which its level stands


@dataclass(frozen=True, slots=True)
class SpokenLanguage:
    """A language and its levels, unknown where the CV says none; `words` say so."""

    code: str
    levels: CefrProfile
    words: str = field(repr=False)

    @property
    def has_level(self) -> bool:
        """Whether the CV says how well."""
        return self.levels != CefrProfile()


def languages(found: Iterable[tuple[Line, Iterable[Mention]]]) -> tuple[SpokenLanguage, ...]:
    """Each language once, with the first level that is said of it, in the order of the text."""
    kept: dict[str, SpokenLanguage] = {}
    for line, mentions in found:
        for spoken in _of_line(line.text, list(mentions)):
            before = kept.get(spoken.code)
            if before is None or (spoken.has_level and not before.has_level):
                kept[spoken.code] = spoken
    return tuple(kept.values())


def level_in(words: str) -> CefrLevel:
    """The level that words say, UNKNOWN where they say none."""
    code = _CODE.search(words.translate(_CYRILLIC))
    if code is not None:
        return CefrLevel[code.group(1).upper()]
    return next((level for level, pattern in _LEVELS if pattern.search(words)), CefrLevel.UNKNOWN)


def _of_line(text: str, named: list[Mention]) -> Iterator[SpokenLanguage]:
    # A word may name a group and its members ("Kurdish"): the shortest tag is that of the group.
    by_place = {each.start: each for each in sorted(named, key=lambda each: len(each.code), reverse=True)}
    mentions = [by_place[start] for start in sorted(by_place)]
    for place, mention in enumerate(mentions):
        ends = mentions[place + 1].start if place + 1 < len(mentions) else len(text)
        ends = min(ends, mention.end + _BEHIND)
        level = level_in(text[mention.end : ends])
        words = text[mention.start : ends].rstrip(" ,;،(–-|/")
        yield SpokenLanguage(mention.code, CefrProfile(level, level, level, level), words)
