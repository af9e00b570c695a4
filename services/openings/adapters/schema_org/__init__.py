"""schema.org JSON-LD → `polku.openings.v1.Opening`: pure mapping, no I/O.

    mapper = SchemaOrgMapper(vocabulary)
    for item in items_of(json.loads(text)):
        opening = mapper.opening(item)

JobPosting becomes a vacancy, Course with `hasCourseInstance` a training, Service (GovernmentService) a service.

| schema.org | opening |
|---|---|
| `identifier` (text, number or PropertyValue) | external_id |
| `title`, `name`; `description` and what other fields say in words | titles; descriptions |
| `jobLocation`, CourseInstance `location`, `availableChannel.serviceLocation`, `areaServed` | places |
| `jobLocationType` TELECOMMUTE, `courseMode`, VirtualLocation | remote |
| `validThrough`; `datePosted`, `datePublished` | closing_date; publish_time |
| `url`, `serviceUrl`; `applicationContact` | url; contacts |
| `hiringOrganization`, `provider` | employer, provider |
| `occupationalCategory` (ESCO URI, ISCO-08 code, words) | occupation, isco_code |
| `skills`, `teaches` (DefinedTerm, ESCO URI, words) | skills, teaches |
| `educationRequirements`, `coursePrerequisites` (EducationalOccupationalCredential) | education, entry_education |
| `experienceRequirements.monthsOfExperience` | experience_months |
| `employmentType`; `workHours`, `courseWorkload` ("20-30 h/week") | contract; hours a week |
| `baseSalary`; `offers.price`, `isAccessibleForFree` | pay; cost |
| `jobStartDate`, `totalJobOpenings` | start_date, positions |
| `courseSchedule`, `hoursAvailable` (Schedule, OpeningHoursSpecification, openingHours text) | weekly times |
| `maximumAttendeeCapacity`, `remainingAttendeeCapacity` | seats, seats_left |
| `occupationalCredentialAwarded`, `educationalCredentialAwarded` with an `identifier` | gives_licences |
| `about` (DefinedTerm of ISCED-F) | isced_field |
| `inLanguage` of a Course, `availableLanguage` of a Service | language_demand, without levels |
| `serviceType`, `audience` | themes, audiences |

A text is a string in the item's language (`@language` of the context, else `inLanguage`), `{"@value": …, "@language":
…}`, a list of these, or a language map `{"fi": …, "sv": …}`. A JobPosting's `inLanguage` is the advert's language and
says nothing about the languages of the work.

What schema.org has no term for travels in `additionalProperty` as PropertyValue with `propertyID` and `value`; the ids,
the form of their values and where each may stand are `PROPERTIES`. Unknown "polku:" ids are faults; other properties
and ids are passed over. schema.org terms may be written plainly, with `schema:` or with their full address.
"""

from services.openings.adapters.schema_org.mapper import Item, SchemaOrgMapper, items_of
from services.openings.adapters.schema_org.properties import PROPERTIES, Property

__all__ = ["PROPERTIES", "Item", "Property", "SchemaOrgMapper", "items_of"]
