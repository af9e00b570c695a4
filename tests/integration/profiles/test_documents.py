"""Opening documents of every format, damaged ones, and ones that are made to cost much."""

import asyncio
import io
import json
import time
import zipfile
from pathlib import Path

import docx
import pytest
from fpdf import FPDF
from pypdf import PdfReader, PdfWriter

from services.profiles.adapters.documents import DocumentOpener
from services.profiles.adapters.documents.formats import DOCX, JSON, LONGEST_TEXT, MOST_PAGES, PDF, TEXT, XML
from services.profiles.application.ports.importing import Document
from services.profiles.domain.cv.reading import Reading
from services.profiles.domain.values import CefrLevel
from shared.kernel.errors import InvalidArgument

FONT = next(iter(sorted(Path("/usr/share/fonts").rglob("DejaVuSans.ttf"))), None)
SECONDS = 12.0


async def opened(media_type: str, content: bytes, seconds: float = 10.0) -> str | Reading:
    """What the document holds."""
    return await DocumentOpener(seconds).open(Document(media_type, content))


async def refusal(media_type: str, content: bytes, seconds: float = 10.0) -> str:
    """The reason for which the document is refused."""
    with pytest.raises(InvalidArgument) as refused:
        await opened(media_type, content, seconds)
    assert refused.value.violations[0].field.startswith("document.")
    return refused.value.reason


def a_pdf(*pages: str) -> bytes:
    """A PDF with a page for each text."""
    pdf = FPDF()
    pdf.set_font("Helvetica", size=11)
    for text in pages:
        pdf.add_page()
        pdf.multi_cell(0, 6, text)
    return bytes(pdf.output())


def a_docx(*paragraphs: str, table: tuple[tuple[str, ...], ...] = ()) -> bytes:
    """A DOCX of paragraphs and then a table."""
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if table:
        made = document.add_table(rows=len(table), cols=len(table[0]))
        for row, texts in zip(made.rows, table, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


async def test_text_is_read_in_utf8_and_utf16() -> None:
    """With and without a mark; ends of lines become one kind, control characters go."""
    for content in ("ä\r\nб\rج\x00\x07".encode(), "\ufeffä\nб\nج".encode(), "ä\nб\nج".encode("utf-16")):
        assert await opened(f"{TEXT}; charset=utf-8", content) == "ä\nб\nج"


async def test_halves_of_characters_are_taken_out() -> None:
    """JSON can name half a character, which no text can hold."""
    passport = b'{"SkillsPassport": {"LearnerInfo": {"Education": [{"Title": "Lukio \\ud800\\u0085x"}]}}}'
    found = await opened(JSON, passport)
    assert isinstance(found, Reading)
    assert found.educations[0].title == "Lukio x"


async def test_text_in_another_encoding_is_refused() -> None:
    """It is never stored as what nobody wrote."""
    assert await refusal(TEXT, "Hämeenlinna".encode("latin-1")) == "DOCUMENT_UNREADABLE"


async def test_a_pdf_gives_the_text_of_its_pages() -> None:
    """All pages in their order."""
    text = await opened(PDF, a_pdf("Työkokemus\nSiivooja, Puhdas Oy, 03/2021 - 07/2024", "Kielitaito\nsuomi B1"))
    assert isinstance(text, str)
    assert text.splitlines()[:2] == ["Työkokemus", "Siivooja, Puhdas Oy, 03/2021 - 07/2024"]
    assert text.index("Siivooja") < text.index("suomi B1")


@pytest.mark.skipif(FONT is None, reason="needs the DejaVu fonts")
async def test_a_pdf_in_cyrillic_and_arabic_is_read() -> None:
    """Letters of other scripts come out as letters."""
    pdf = FPDF()
    pdf.add_font("dejavu", fname=str(FONT))
    pdf.set_font("dejavu", size=11)
    pdf.add_page()
    pdf.multi_cell(0, 6, "Досвід роботи: прибиральниця\nالخبرة العملية")
    text = await opened(PDF, bytes(pdf.output()))
    assert isinstance(text, str)
    assert "прибиральниця" in text
    assert "الخبرة" in text


async def test_a_docx_gives_paragraphs_and_tables_in_their_order() -> None:
    """A row of a table is a paragraph of its own: time on the left, job on the right."""
    text = await opened(
        DOCX, a_docx("Experience", table=(("2019 - 2021", "Cook, Food Oy"), ("2017 - 2018", "Cashier")))
    )
    assert text == "Experience\n2019 - 2021\nCook, Food Oy\n\n2017 - 2018\nCashier\n"


async def test_a_skills_passport_is_read_by_its_fields() -> None:
    """Jobs with months and country, languages with all their levels, education, licences; no name, no contact."""
    passport = {
        "SkillsPassport": {
            "LearnerInfo": {
                "Identification": {
                    "PersonName": {"FirstName": "Amina"},
                    "ContactInfo": {"Email": {"Contact": "a@b.c"}},
                },
                "WorkExperience": [
                    {
                        "Period": {"From": {"Year": 2019, "Month": "--03"}, "To": {"Year": 2021, "Month": 4}},
                        "Position": {"Label": "Cleaner"},
                        "Activities": "<ul><li>washed floors</li><li>emptied bins &amp; more</li></ul>",
                        "Employer": {
                            "Name": "Clean Oy",
                            "ContactInfo": {"Address": {"Contact": {"Country": {"Code": "EL"}}}},
                        },
                    }
                ],
                "Education": [{"Title": "Upper secondary school", "Level": {"Code": "3"}}],
                "Skills": {
                    "Linguistic": {
                        "MotherTongue": [{"Description": {"Code": "so", "Label": "Somali"}}],
                        "ForeignLanguage": [
                            {
                                "Description": {"Code": "fi", "Label": "Finnish"},
                                "ProficiencyLevel": {
                                    "Listening": "B1",
                                    "Reading": "A2",
                                    "SpokenInteraction": "A2",
                                    "SpokenProduction": "B1",
                                    "Writing": "A1",
                                },
                            }
                        ],
                    },
                    "Computer": {"Description": "<p>spreadsheets</p>"},
                    "Driving": {"Description": ["B"]},
                },
            }
        }
    }
    found = await opened(JSON, json.dumps(passport).encode())
    assert isinstance(found, Reading)
    (job,) = found.jobs
    assert (job.parts, job.months, job.country) == (("Cleaner", "Clean Oy"), 26, "GR")
    assert job.tasks == "washed floors\nemptied bins & more"
    assert [(each.title, each.isced_level) for each in found.educations] == [("Upper secondary school", 3)]
    native, finnish = found.languages
    assert (native.code, native.levels.writing) == ("so", CefrLevel.NATIVE)
    levels = finnish.levels
    assert (levels.listening, levels.reading, levels.speaking, levels.writing) == (
        CefrLevel.B1,
        CefrLevel.A2,
        CefrLevel.B1,
        CefrLevel.A1,
    )
    assert [licence.code for licence in found.licences] == ["driving-licence-b"]
    assert found.about == ("spreadsheets",)
    assert "Amina" not in repr(found)


CANDIDATE = """<?xml version="1.0" encoding="UTF-8"?>
<Candidate xmlns="http://www.europass.eu/1.0" xmlns:hr="http://www.hr-xml.org/3"
    xmlns:oa="http://www.openapplications.org/oagis/9" xmlns:eures="http://www.europass_eures.eu/1.0">
  <CandidatePerson><PersonName><oa:GivenName>Amina</oa:GivenName></PersonName>
    <PrimaryLanguageCode>som</PrimaryLanguageCode></CandidatePerson>
  <CandidateProfile languageCode="en"><ExecutiveSummary>I like order.</ExecutiveSummary>
    <EmploymentHistory><EmployerHistory><hr:OrganizationName>Clean Oy</hr:OrganizationName>
      <PositionHistory><PositionTitle>Cleaner</PositionTitle>
        <eures:EmploymentPeriod>
          <eures:StartDate><hr:FormattedDateTime>2019-03</hr:FormattedDateTime></eures:StartDate>
          <eures:EndDate><hr:FormattedDateTime>2021-04-30</hr:FormattedDateTime></eures:EndDate>
        </eures:EmploymentPeriod>
        <oa:Description>&lt;p&gt;washed floors&lt;/p&gt;</oa:Description>
      </PositionHistory></EmployerHistory></EmploymentHistory>
    <EducationHistory><EducationOrganizationAttendance>
      <EducationDegree><hr:DegreeName>Bachelor of Nursing</hr:DegreeName></EducationDegree>
    </EducationOrganizationAttendance></EducationHistory>
    <PersonQualifications><PersonCompetency><CompetencyID>fin</CompetencyID><hr:TaxonomyID>language</hr:TaxonomyID>
      <CompetencyDimension><hr:CompetencyDimensionTypeCode>CEF-Writing-Production</hr:CompetencyDimensionTypeCode>
        <eures:Score><hr:ScoreText>A2</hr:ScoreText></eures:Score></CompetencyDimension>
    </PersonCompetency></PersonQualifications>
    <Licenses><License><hr:LicenseName>C1</hr:LicenseName></License></Licenses>
  </CandidateProfile>
</Candidate>
"""


async def test_a_document_of_the_europass_portal_is_read_by_its_fields() -> None:
    """Jobs, education, languages, licences and the summary of a Candidate."""
    found = await opened("text/xml", CANDIDATE.encode())
    assert isinstance(found, Reading)
    (job,) = found.jobs
    assert (job.parts, job.months, job.tasks) == (("Cleaner", "Clean Oy"), 26, "washed floors")
    assert [(each.title, each.isced_level) for each in found.educations] == [("Bachelor of Nursing", 6)]
    assert [spoken.code for spoken in found.languages] == ["so", "fi"]
    assert found.languages[1].levels.speaking is CefrLevel.A2
    assert [licence.code for licence in found.licences] == ["driving-licence-c1"]
    assert found.about == ("I like order.",)
    assert "Amina" not in repr(found)


@pytest.mark.parametrize("media_type", [PDF, DOCX, JSON, XML])
@pytest.mark.parametrize("content", [b"\x00\xff\x13", b"%PDF-1.7\n%%EOF", b"PK\x03\x04 no archive", b"{}", b"<a"])
async def test_what_is_no_such_document_is_refused(media_type: str, content: bytes) -> None:
    """Whatever the bytes are, the answer says what to do, and nothing of the parser's."""
    assert await refusal(media_type, content) in ("DOCUMENT_UNREADABLE", "DOCUMENT_EMPTY")


@pytest.mark.parametrize("media_type", ["image/png", "application/msword", "text/html", "application/zip"])
async def test_other_formats_are_refused(media_type: str) -> None:
    """The answer lists those that are read."""
    assert await refusal(media_type, b"x") == "MEDIA_TYPE_UNKNOWN"


async def test_pictures_of_text_and_blank_documents_are_refused() -> None:
    """There is no text in them."""
    for media_type, content in ((TEXT, b" \n\t"), (PDF, a_pdf("")), (DOCX, a_docx(""))):
        assert await refusal(media_type, content) == "DOCUMENT_EMPTY"


async def test_a_protected_pdf_is_refused() -> None:
    """A password is neither asked for nor tried."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(a_pdf("secret"))))
    writer.encrypt("password", algorithm="RC4-128")
    stream = io.BytesIO()
    writer.write(stream)
    assert await refusal(PDF, stream.getvalue()) == "DOCUMENT_ENCRYPTED"


async def test_documents_of_more_than_a_cv_are_refused() -> None:
    """By pages and by characters."""
    assert await refusal(PDF, a_pdf(*["page"] * (MOST_PAGES + 1))) == "DOCUMENT_TOO_LONG"
    assert await refusal(TEXT, b"a" * (LONGEST_TEXT + 1)) == "DOCUMENT_TOO_LONG"


async def test_an_archive_that_unpacks_to_far_more_is_refused_at_once() -> None:
    """A DOCX of 100 kB that would become 200 MB costs no more than another one."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("word/document.xml", b" " * 200_000_000)
    began = time.monotonic()
    assert await refusal(DOCX, stream.getvalue()) == "DOCUMENT_TOO_LONG"
    assert time.monotonic() - began < SECONDS


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><a>&c;</a>',
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>',
    ],
)
async def test_entities_are_refused(content: bytes) -> None:
    """Neither growing nor foreign ones are looked at (row 19)."""
    assert await refusal(XML, content) == "DOCUMENT_UNREADABLE"


async def test_a_document_that_takes_too_long_is_ended() -> None:
    """The worker is gone when the answer comes."""
    began = time.monotonic()
    assert await refusal(PDF, a_pdf("text"), seconds=0.001) == "DOCUMENT_TOO_SLOW"
    assert time.monotonic() - began < SECONDS


async def test_deep_json_is_refused() -> None:
    """A nesting that no CV has ends in a refusal, not in the stack."""
    deep = b'{"SkillsPassport":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    assert await refusal(JSON, deep) == "DOCUMENT_UNREADABLE"


async def test_documents_are_opened_beside_each_other() -> None:
    """More than have a turn at once all get theirs."""
    opener = DocumentOpener()
    found = await asyncio.gather(*(opener.open(Document(DOCX, a_docx(f"text {n}"))) for n in range(4)))
    assert found == [f"text {n}" for n in range(4)]
