"""What has a form of its own: addresses, telephone numbers, identity codes, days of birth and ages.

No pattern may begin anew inside of what it has just read in vain, or read without an end: a text of 20,000 signs that
was made to be slow must not be.
"""

import re
from collections.abc import Iterator

from services.matching.domain.scrubbing.kinds import Found, Kind

_FIRST_YEAR, _LAST_YEAR = 1925, 2012
"""Whoever looks for work was born between; a full date of these years that begins no period is taken for a birth."""

_URL = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
# Without a scheme: an ending that names no software ("ASP.NET"), or a path behind it.
_HOST = re.compile(
    r"(?<![\w@.-])(?:[a-z0-9-]+\.)+(?:(?:com|fi|se|org|ru|ua|eu|info|me|io|ee)(?:/\S*)?|(?:net|[a-z]{2,6})/\S+)(?![\w@])",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"(?<![\w.])@[A-Za-z_][\w.]{2,}")
_EMAIL = re.compile(r"(?<![^\s@<>(),;:|])[^\s@<>(),;:|]+@[^\s@<>(),;:|]+\.[^\s@<>(),;:|]+")
_SPELT_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]+\s?[(\[{]\s*(?:at|ät|miukumauku|собака|آت)\s*[)\]}]\s*[\w-]+(?:\s*(?:\.|[(\[{]\s*(?:dot|piste|punkt)\s*[)\]}])\s*[a-z]{2,})+"
    r"|(?<![\w.+-])[\w.+-]+ (?:at|ät) [\w-]+ (?:dot|piste|punkt) [a-z]{2,}\b",
    re.IGNORECASE,
)
# DDMMYY, a sign of the century, a number and a check sign (Finnish personal identity code, Act 661/2009).
_IDENTITY_CODE = re.compile(r"\b\d{6}[-+A-FU-Ya-fu-y]\d{3}[0-9A-Za-z]\b")
# The tax number and codes of other countries are long runs of digits behind a word that names them.
_NAMED_CODE = re.compile(
    r"(?:henkilötunnus|hetu|sotu|personnummer|personbeteckning|personal (?:identity )?(?:code|number)|ssn|passport"
    r"(?: number| no\.?)?|passin numero|passnummer|паспорт\w{0,3}|ИНН|ІПН|СНИЛС|رقم (?:الهوية|الجواز|جواز السفر))"
    r"\W{0,4}[A-Z]{0,3}\d[\d\s-]{4,14}\w?",
    re.IGNORECASE,
)
# An international or a trunk number: at least seven digits with the usual signs between them.
_TELEPHONE = re.compile(r"(?<![\d.,])\(?(?:\+|00|0|8[ (-]{1,2}(?=\d{3}))\d(?:[ ()\-–/.]{0,2}\d){5,14}(?!\d)")
_TELEPHONE_WORDS = (
    r"\b(?:puh(?:elin)?(?:numero\w{0,4})?|gsm|tel(?:efon)?(?:nummer)?)",
    r"\b(?:phone(?: number)?|mobile?|whatsapp|viber|telegram)",
    r"\b(?:тел(?:ефон)?|моб|ном[ее]р телефон[ау]|taleefan\w{0,6})",
    r"(?:رقم )?(?:الهاتف|هاتفي?|تلفون|جوال|موبايل)",
)
_NAMED_TELEPHONE = re.compile(
    rf"(?:{'|'.join(_TELEPHONE_WORDS)})[\s.:№#-]{{0,4}}(?:on |is |är )?\+?\(?\d(?:[ ()\-–/.]{{0,2}}\d){{4,14}}",
    re.IGNORECASE,
)
_STREET = re.compile(
    r"\b[A-ZÅÄÖ][\w-]{0,40}(?:katu|tie|kuja|polku|kaari|raitti|rinne|gatan|vägen|gränd|stigen)\s+\d{1,4}"
    r"(?:\s*-\s*\d+)?(?:\s*[A-Za-z](?![\w]))?(?:\s*(?:as\.?|bst\.?)?\s*\d{1,4}(?!\d))?(?:,?\s*\d{5}(?:\s+[A-ZÅÄÖ][\w-]+)?)?"
    r"|\b\d{1,4}[A-Z]?\s+[A-Z]\w+\s(?:Street|Road|Avenue|Lane)\b|\b(?:ул|вул)\.\s*[\w.-]+(?:\s+\w+)?,?\s*(?:д|буд)?\.?\s*\d+\w?"
)

_MONTHS = (
    "tammi|helmi|maalis|huhti|touko|kesä|heinä|elo|syys|loka|marras|joulu",
    "jan|feb|mar|apr|may|maj|jun|jul|aug|sep|oct|okt|nov|dec",
    "янв|фев|мар|апр|ма[яй]|июн|июл|авг|сен|окт|ноя|дек",
    "січ|лют|бер|кві|тра|чер|лип|сер|вер|жов|лис|гру",
    "يناير|فبراير|مارس|[أا]بريل|مايو|يونيو|يوليو|[أا]غسطس|سبتمبر|[أا]كتوبر|نوفمبر|ديسمبر|كانون|شباط|[آا]ذار|نيسان|[أا]يار|حزيران|تموز|[آا]ب|[أا]يلول|تشرين",
)
_MONTH = rf"(?:{'|'.join(_MONTHS)})\w{{0,10}}(?: (?:الأول|الثاني))?"
_DATE = (
    rf"(?:(?P<y1>(?:19|20)\d\d)[-./]\d{{1,2}}[-./]\d{{1,2}}"
    rf"|\d{{1,2}}\s?[./-]\s?\d{{1,2}}\s?[./-]\s?(?P<y2>(?:19|20)\d\d)"
    rf"|\d{{1,2}}\.?(?:st|nd|rd|th|:e)?\s(?:of\s)?{_MONTH}\.?,?\s(?P<y3>(?:19|20)\d\d)"
    rf"|{_MONTH}\.?\s\d{{1,2}}(?:st|nd|rd|th)?,?\s(?P<y4>(?:19|20)\d\d))"
)
_FULL_DATE = re.compile(rf"(?<![\d.–-])(?<!\d [–-])(?<!\d [–-] ){_DATE}(?![\d-])(?!\s*[–—-]\s*(?:\d|$))", re.IGNORECASE)
_YEAR = r"(?:19|20)\d\d"
_DAY_OR_YEAR = (
    r"(?:(?:on |the |in |den |om |em |в |у |vuonna |år |في |عام |سنة |يوم |بتاريخ |sannadkii )*)"
    rf"(?:\d{{1,2}}[./-]\d{{1,2}}[./-](?:\d{{4}}|\d{{2}})|\d{{1,2}}\.?(?:st|nd|rd|th|:e)?\s(?:of\s)?{_MONTH}\.?,?(?:\s{_YEAR})?"
    rf"|{_MONTH}\.?\s(?:\d{{1,2}}(?:st|nd|rd|th)?,?\s)?{_YEAR}|{_YEAR}(?:[-./]\d{{1,2}}[-./]\d{{1,2}})?(?!\d))"
    r"(?:\s?(?:г\.?\s?р\.?|р\.?\s?н\.?|года? рождения|року народження|год[ау]?\b|році?\b|року\b|г\.|р\.))?"
)
_BORN_WORDS = (
    r"\b(?:(?:i was |i'm |i am )?born|b\.|d\.?o\.?b\.?|date of birth|birth ?(?:date|day|year)|year of birth)",
    r"\b(?:(?:olen )?syntyn(?:yt|eenä)|synnyin|synt\.?|s\.|vm\.?|syntymä(?:aika|päivä|vuosi)(?:ni)?)",
    r"\b(?:(?:jag är )?född|f\.|födelse(?:datum|dag|år|tid))",
    r"\b(?:(?:я )?(?:родил(?:ся|ась)|рожд[её]н(?:а|ная|ный)?)|(?:дата|год|день) рождения)",
    r"\b(?:(?:я )?(?:народи(?:вся|лася|лась)|народжен(?:а|ий))|(?:дата|рік|день) народження)",
    r"\b(?:waxaan dhashay|taariikhda dhalashada|dhashay)",
    r"(?:(?:أنا )?(?:من )?مواليد|(?:ل?قد )?ولدت|تاريخ (?:الميلاد|الولادة|ميلادي)|المولودة?)",
)
_BORN_BEHIND = "syntynyt|syntyneenä|född|года рождения|г\\.?\\s?р\\.?|року народження|р\\.?\\s?н\\.?"
_BORN = re.compile(
    rf"(?:{'|'.join(_BORN_WORDS)})\W{{0,4}}(?:is |on |är |это |—|- )?{_DAY_OR_YEAR}"
    rf"|(?:vuonna\s)?{_YEAR}\s(?:{_BORN_BEHIND})",
    re.IGNORECASE,
)
_AGE_YEARS = r"(?:1[5-9]|[2-9]\d)"
_AGE_WORDS = (
    r"\b(?:i am|i'm|aged?|jag är|olen|ikä(?:ni)?|ålder|мне|мені|возраст|вік|waxaan jiraa|da'?day(?:du|du waa)?)",
    "(?:عمري|العمر|عمره|عمرها)",
)
_YEARS_WORDS = (
    r"years?(?:[- ]old| of age)?|yrs?(?:[- ]old)?|y\.?o\.?|vuotias|vuotta(?: vanha)?|v\.|år(?: gammal)?",
    "лет|года?|років|роки|рік|سنة|عام[اًا]*|سنوات|sano|jir",
)
_AGE = re.compile(
    rf"(?:{'|'.join(_AGE_WORDS)})\s*(?:on|is|är|—|-|:)?\s*(?:уже |вже |now |nyt |الآن )?{_AGE_YEARS}"
    # Not "olen 20 vuotta tehnyt työtä": years of work.
    r"(?!\d|[.,]\d|\s*%|\svuotta(?!\svanha))"
    rf"(?:\s*-?\s*(?:{'|'.join(_YEARS_WORDS)}))?(?!\w)"
    rf"|(?<![\d–-])\b{_AGE_YEARS}[- –]?(?:year|yr)s?[- ](?:old|of age)\b(?! (?:child|kid|pupil|building|car|house))"
    rf"|(?<![\d–-])\b{_AGE_YEARS}\s?[- ]?(?:vuotias|vuotiaana|åring|årig[at]?|år gammal)\b"
    rf"|(?<![\d–-])\b{_AGE_YEARS}\s?-?(?:летн(?:яя|ий)|річн(?:а|ий))\b"
    rf"|(?<![\d–-])\b{_AGE_YEARS}\s(?:سنة|عام[اًا]?) من العمر",
    re.IGNORECASE,
)
_FORMS = (
    (Kind.WEB_ADDRESS, _URL),
    (Kind.EMAIL, _EMAIL),
    (Kind.EMAIL, _SPELT_EMAIL),
    (Kind.WEB_ADDRESS, _HOST),
    (Kind.WEB_ADDRESS, _HANDLE),
    (Kind.IDENTITY_CODE, _IDENTITY_CODE),
    (Kind.IDENTITY_CODE, _NAMED_CODE),
    (Kind.BIRTH, _BORN),
    (Kind.BIRTH, _AGE),
    (Kind.TELEPHONE, _NAMED_TELEPHONE),
    (Kind.ADDRESS, _STREET),
)
_DIGITS = str.maketrans({chr(start + digit): str(digit) for start in (0x660, 0x6F0, 0xFF10) for digit in range(10)})
_AFTER = ".,;:!?)"
IN_OPENINGS = (_URL, _EMAIL, _IDENTITY_CODE, _TELEPHONE)
"""What is cut out of openings too."""


def find_forms(text: str) -> Iterator[Found]:
    """Addresses, numbers and dates of a person. Digits of other scripts are read as 0–9."""
    plain = text.translate(_DIGITS)
    for kind, form in _FORMS:
        for match in form.finditer(plain):
            yield Found(match.start(), match.start() + len(match.group().rstrip(_AFTER)), kind)
    for match in _FULL_DATE.finditer(plain):
        year = int(next(filter(None, match.group("y1", "y2", "y3", "y4"))))
        if _FIRST_YEAR <= year <= _LAST_YEAR:
            yield Found(match.start(), match.end(), Kind.BIRTH)
    for match in _TELEPHONE.finditer(plain):
        if _FULL_DATE.match(plain, match.start()) is None:
            yield Found(match.start(), match.end(), Kind.TELEPHONE)
