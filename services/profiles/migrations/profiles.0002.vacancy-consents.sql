-- What people have answered to vacancies. One row for each person and vacancy: what holds now.
create table vacancy_consent (
    id          uuid primary key,
    version     bigint not null check (version > 0),
    profile_id  uuid not null references profile (id) on delete cascade,
    opening_id  uuid not null,
    -- polku.profiles.v1.VacancyConsent.State
    state       smallint not null,
    -- polku.profiles.v1.Relation.Kind
    answered_by smallint not null,
    create_time timestamptz not null,
    update_time timestamptz not null,
    unique (profile_id, opening_id)
);
create index vacancy_consent_profile on vacancy_consent (profile_id, update_time desc, id desc);
