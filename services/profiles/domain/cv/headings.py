"""The headings under which CVs in Finnish, Swedish, English, Ukrainian, Russian and Arabic put things."""

import re
from collections.abc import Mapping
from enum import Enum


class Section(Enum):
    """What the lines under a heading are about. IDENTITY also stands for what comes before the first heading."""

    IDENTITY = "identity"
    SUMMARY = "summary"
    WORK = "work"
    EDUCATION = "education"
    LANGUAGES = "languages"
    SKILLS = "skills"
    LICENCES = "licences"
    OTHER = "other"


_HEADINGS: Mapping[Section, str] = {
    Section.WORK: """
        työkokemus|työkokemukset|työkokemukseni|työhistoria|ammatillinen kokemus|kokemus|työura|työtehtävät|työpaikat
        aiemmat työpaikat|aikaisempi työkokemus|työsuhteet|työ|harjoittelu ja työkokemus|relevantti työkokemus
        arbetslivserfarenhet|arbetserfarenhet|yrkeserfarenhet|erfarenhet|erfarenheter|anställningar|anställning
        arbeten|tidigare arbeten|tidigare anställningar|arbete|yrkesbakgrund|arbetshistorik
        work experience|professional experience|experience|work history|employment history|employment|work|career
        career history|relevant experience|professional background|previous jobs|jobs|working experience
        досвід роботи|досвід|трудовий досвід|професійний досвід|трудова діяльність|місця роботи|робота|кар'єра
        професійна діяльність|стаж роботи|трудовий стаж
        опыт работы|опыт|трудовой опыт|профессиональный опыт|трудовая деятельность|места работы|работа|карьера
        трудовой стаж|профессиональная деятельность|стаж работы|трудовая биография
        الخبرة|الخبرات|الخبرة العملية|الخبرات العملية|خبرة العمل|خبرات العمل|الخبرة المهنية|الخبرات المهنية
        الوظائف السابقة|الوظائف|التاريخ الوظيفي|العمل|الخبرة الوظيفية|المسيرة المهنية
    """,
    Section.EDUCATION: """
        koulutus|koulutukset|opinnot|koulutustausta|tutkinnot|koulutus ja tutkinnot|kurssit|kurssit ja koulutus
        koulutus ja kurssit|lisäkoulutus|opiskelu
        utbildning|utbildningar|studier|examina|kurser|utbildning och kurser|utbildningsbakgrund
        education|studies|training|education and training|academic background|qualifications|courses|schooling
        educational background
        освіта|навчання|освіта та навчання|курси|освіта і навчання|додаткова освіта
        образование|обучение|учёба|учеба|курсы|образование и обучение|дополнительное образование
        التعليم|الدراسة|المؤهلات العلمية|المؤهلات|الشهادات العلمية|المؤهل العلمي|التحصيل العلمي|الدورات|الشهادات
        التعليم والتدريب|الدورات التدريبية
    """,
    Section.LANGUAGES: """
        kielitaito|kielet|kielitaitoni|kielitaidot
        språk|språkkunskaper|språkkunskap|språkfärdigheter
        languages|language skills|language|language proficiency|linguistic skills
        мови|знання мов|володіння мовами|мова|іноземні мови
        языки|знание языков|владение языками|язык|иностранные языки
        اللغات|المهارات اللغوية|اللغة|إتقان اللغات
    """,
    Section.SKILLS: """
        taidot|osaaminen|taitoni|muut taidot|erityisosaaminen|tietotekniset taidot|it-taidot|atk-taidot|vahvuudet
        ydinosaaminen|ammattitaito
        kunskaper|färdigheter|kompetens|kompetenser|datakunskaper|övriga kunskaper|styrkor|yrkeskunskaper
        skills|key skills|technical skills|core skills|competences|competencies|computer skills|strengths|it skills
        areas of expertise|tools|technologies|personal skills|digital skills
        навички|ключові навички|професійні навички|вміння|уміння|технічні навички|особисті якості|компетенції
        навыки|ключевые навыки|профессиональные навыки|умения|технические навыки|личные качества|компетенции
        المهارات|مهارات|المهارات الشخصية|المهارات المهنية|المهارات التقنية|مهارات الحاسوب
    """,
    Section.LICENCES: """
        luvat|kortit|kortit ja luvat|luvat ja kortit|pätevyydet|todistukset|ajokortti|sertifikaatit|muut pätevyydet
        luvat ja pätevyydet|kortit ja pätevyydet
        kort|tillstånd|certifikat|körkort|behörigheter|kort och tillstånd|intyg|legitimationer
        certificates|licences|licenses|cards|certifications|licences and cards|driving licence|driving license|permits
        licenses and certifications|certificates and licences
        посвідчення|сертифікати|дозволи|водійське посвідчення|посвідчення водія|ліцензії
        удостоверения|сертификаты|допуски|водительское удостоверение|водительские права|карты|лицензии|права
        الرخص|الشهادات والرخص|رخصة القيادة|رخص|البطاقات|التراخيص|رخصة قيادة
    """,
    Section.SUMMARY: """
        profiili|tiivistelmä|esittely|kuvaus|minusta|yhteenveto|lyhyesti|kuka olen
        profil|sammanfattning|om mig|presentation|kort om mig
        summary|profile|about me|about|objective|professional summary|personal statement
        про себе|про мене|профіль|коротко про себе|мета
        о себе|профиль|кратко о себе|обо мне|цель
        نبذة|نبذة عني|الملخص|ملخص|الهدف الوظيفي|عني|نبذة شخصية
    """,
    Section.OTHER: """
        muuta|muut tiedot|harrastukset|suosittelijat|luottamustoimet|lisätiedot|muu
        övrigt|annat|intressen|referenser|fritid|hobbyer|övriga uppgifter
        other|references|hobbies|interests|additional information|volunteering|miscellaneous
        інше|додаткова інформація|додатково|хобі|рекомендації|захоплення
        другое|прочее|дополнительно|дополнительная информация|хобби|рекомендации|увлечения
        أخرى|معلومات إضافية|الهوايات|المراجع|معلومات أخرى
    """,
    Section.IDENTITY: """
        henkilötiedot|yhteystiedot|ansioluettelo|curriculum vitae|cv
        personuppgifter|kontaktuppgifter|meritförteckning
        personal information|personal details|contact|contact details|contact information|resume|résumé
        особисті дані|контакти|контактна інформація|резюме
        личные данные|контакты|контактная информация
        السيرة الذاتية|المعلومات الشخصية|معلومات الاتصال|البيانات الشخصية
    """,
}
_SECTION_OF: Mapping[str, Section] = {
    " ".join(words.split()): section
    for section, listed in _HEADINGS.items()
    for line in listed.strip().splitlines()
    for words in line.strip().split("|")
}
_LONGEST = 45  # characters of a heading
_FRAME = re.compile(r"^[\W\d_]+|[\W_]+$")
_APOSTROPHES = str.maketrans({"’": "'", "ʼ": "'", "`": "'"})


def heading(line: str) -> tuple[Section, str] | None:
    """The section that a line opens and what stands on it after the heading; None for a line that opens none.

    "KIELITAITO", "Kielitaito:" and "Languages: English C1" open the languages, the last with "English C1".
    """
    name, colon, rest = line.partition(":")
    section = _section(name)
    if section is not None and colon:
        return section, rest.strip()
    section = section or _section(line)
    return (section, "") if section is not None else None


def _section(words: str) -> Section | None:
    if len(words) > _LONGEST:
        return None
    plain = _FRAME.sub("", words.casefold().translate(_APOSTROPHES)).removesuffix("i̇")
    return _SECTION_OF.get(" ".join(plain.split()))
