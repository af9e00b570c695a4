"""What is found in a person's own words, and what is left of them."""

from time import process_time

import pytest

from services.matching.domain.scrubbing import Kind, Text, scrubber
from shared import vocabulary


def found(text: str) -> list[tuple[Kind, str]]:
    """Kinds and words of what is found in one text."""
    return [(each.kind, each.words) for each in scrubber(vocabulary.load()).find([Text(text)])[0]]


def left(*texts: str) -> list[str]:
    """The texts of one person, scrubbed."""
    return scrubber(vocabulary.load()).scrubbed([Text(text) for text in texts])


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("Write to anna.k@example.fi today", Kind.EMAIL, "anna.k@example.fi"),
        ("write: work (at) example (dot) fi", Kind.EMAIL, "work (at) example (dot) fi"),
        ("call +358 40 123 4567 now", Kind.TELEPHONE, "+358 40 123 4567"),
        ("soita (09) 310 1691", Kind.TELEPHONE, "(09) 310 1691"),
        ("الهاتف ٠٤٠١٢٣٤٥٦٧", Kind.TELEPHONE, "الهاتف ٠٤٠١٢٣٤٥٦٧"),
        ("code 131052-308T ok", Kind.IDENTITY_CODE, "131052-308T"),
        ("see linkedin.com/in/someone for more", Kind.WEB_ADDRESS, "linkedin.com/in/someone"),
        ("Asun: Kivenlahdenkatu 4 A 12, 02320 Espoo", Kind.ADDRESS, "Kivenlahdenkatu 4 A 12, 02320 Espoo"),
        ("Kokki, 12.3.1985, Espoo", Kind.BIRTH, "12.3.1985"),
        ("Olen 34-vuotias ahkera", Kind.BIRTH, "Olen 34-vuotias"),
        ("мне 34 года и я здоров", Kind.BIRTH, "мне 34 года"),
        ("من مواليد ١٩٨٥ وأعمل", Kind.BIRTH, "من مواليد ١٩٨٥"),
        ("jag är född den 3 maj 1985.", Kind.BIRTH, "jag är född den 3 maj 1985"),
        ("Olen kotoisin Somaliasta.", Kind.NATIONALITY, "Olen kotoisin Somaliasta"),
        ("I come from Iraq.", Kind.NATIONALITY, "I come from Iraq"),
        ("Jag är somalier.", Kind.NATIONALITY, "Jag är somalier"),
        ("Я з Харкова.", Kind.NATIONALITY, "Я з Харкова"),
        ("أنا من العراق.", Kind.NATIONALITY, "أنا من العراق"),
        ("As a Muslim woman I work hard.", Kind.RELIGION, "As a Muslim woman"),
        ("Pidän huivia.", Kind.RELIGION, "Pidän huivia"),
        ("Minulla on diabetes.", Kind.HEALTH, "Minulla on diabetes"),
        ("I suffer from back pain.", Kind.HEALTH, "I suffer from back pain"),
        ("У меня инвалидность.", Kind.HEALTH, "У меня инвалидность"),
        ("Olen kolmen lapsen äiti.", Kind.GENDER, "Olen kolmen lapsen äiti"),
        ("Jag är en ensamstående mamma.", Kind.GENDER, "Jag är en ensamstående mamma"),
        ("Nationality: Iraqi, Finnish\nCook", Kind.NATIONALITY, "Nationality: Iraqi, Finnish"),
        ("Siviilisääty: naimisissa", Kind.GENDER, "Siviilisääty: naimisissa"),
    ],
)
def test_what_says_who_somebody_is_is_found(text: str, kind: Kind, words: str) -> None:
    """With its kind and its words, and nothing else is."""
    assert found(text) == [(kind, words)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Nimeni on Zhyldyz Toktogulova.", "Nimeni on Zhyldyz Toktogulova"),
        ("Olen Matti Virtanen ja teen työtä.", "Olen Matti Virtanen"),
        ("CV\nOtabek Yusupov\nCook", "Otabek Yusupov"),
        ("Regards,\nSovann Chea", "Sovann Chea"),
        ("Name: Ermias Zerai\nCook", "Name: Ermias Zerai"),
        ("اسمي لجين الأتاسي.", "اسمي لجين الأتاسي"),
        ("Мене звати Мотря Непийвода.", "Мене звати Мотря Непийвода"),
        ("In my last job Fatima Warsame led the team.", "Fatima Warsame"),
    ],
)
def test_names_are_found_by_list_by_what_announces_them_and_by_their_place(text: str, words: str) -> None:
    """Most of these are on no list."""
    assert found(text) == [(Kind.NAME, words)]


@pytest.mark.parametrize(
    "text",
    [
        "Nurse for Somali-speaking patients, dementia care.",
        "Arabic, fluent. Swedish, basics.",
        "I am an English teacher and I have diabetes care training.",
        "I have worked with disabled children and religious communities.",
        "Työskentelin vanhusten hoitajana muistisairaiden osastolla.",
        "Puhun arabiaa, somalia ja suomea. Venäjän kielen opettaja.",
        "Jag har arbetat på en avdelning för psykisk ohälsa.",
        "Опыт ухода за больными диабетом, русский язык.",
        "خبرة في رعاية مرضى السكري والطبخ العراقي",
        "From 1.8.2005–31.5.2008 I cooked, 37.5 hours a week, for 12 000 euros.",
        "ASP.NET, Node.js, C++ and SAP.",
        "Executive Pastry Chef\nHotel kitchen",
        "Olen 20 vuotta tehnyt työtä siivoojana.",
        "Ryhmässä oli 3–5-vuotiaita lapsia.",
    ],
)
def test_words_about_work_stay(text: str) -> None:
    """Languages, patients, the food of a land, periods of work, programs."""
    assert found(text) == []


def test_a_name_told_once_is_a_name_in_all_texts_of_the_person() -> None:
    """By itself the second text says nothing of a name; an e-mail address tells one too."""
    assert left("Otabek is always on time.") == ["Otabek is always on time."]
    told = left("My name is Otabek Yusupov.", "Otabek is always on time.", "Otabekin työ: kokki")
    assert told == ["", "is always on time.", "työ: kokki"]
    assert left("nodira.k@example.fi", "Good work, Nodira!") == ["", "Good work!"]


def test_words_that_show_a_gender_become_alike() -> None:
    """Verbs and pronouns are no statement, and are told to nobody; both forms give one text."""
    assert left("Работала поваром.") == left("Работал поваром.")
    assert left("She cooks well.") == left("He cooks well.")
    assert found("Работала поваром.") == []


def test_what_is_left_reads_as_if_nothing_had_been_there() -> None:
    """No doubled marks, empty brackets, or a word that joined what is gone."""
    assert left("I cook. My name is Otabek Yusupov. I bake.") == left("I cook. I bake.")
    assert left("My name is Otabek Yusupov and I cook.") == ["I cook."]
    assert left("Cook (born 1985), Espoo") == ["Cook, Espoo"]


@pytest.mark.parametrize(
    "piece", ["a", "-", "A-", "a.", "may", "0 ", "a@", "(", "born in ", " ", "Anna ", "I am a ", "name: ", "أنا ", '"']
)
def test_no_text_is_slow(piece: str) -> None:
    """20,000 signs of anything take two seconds at the very most, on a busy machine: most take a tenth."""
    scrubber(vocabulary.load())
    started = process_time()
    left((piece * 20_000)[:20_000] + "!")
    assert process_time() - started < 2
