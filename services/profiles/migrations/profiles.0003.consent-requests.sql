-- Who asked for an answer to a vacancy, and until when it counts: all four, or none where nobody has asked.
alter table vacancy_consent
    -- "counsellor" or "publisher", with the unit or the id of the publisher.
    add column asked_role text,
    add column asked_organisation text,
    add column ask_time timestamptz,
    add column answer_by_time timestamptz,
    add constraint vacancy_consent_asking
        check (num_nulls(asked_role, asked_organisation, ask_time, answer_by_time) in (0, 4)),
    -- polku.profiles.v1.VacancyConsent.State: 3 is ASKED.
    add constraint vacancy_consent_asked check (state <> 3 or answer_by_time is not null);
