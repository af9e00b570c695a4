-- Profiles, their assignments to counsellors, and the record of who read them.

create table profile (
    id                 uuid primary key,
    version            bigint not null check (version > 0),
    -- Token subject of the person; null for a person who has no account yet.
    owner_subject      text check (owner_subject <> ''),
    case_reference     text not null,
    preferred_language text not null,
    -- polku.profiles.v1.WorkProfile and Choices, serialised: read and written whole, never searched by their content.
    work               bytea not null,
    choices            bytea not null,
    create_time        timestamptz not null,
    update_time        timestamptz not null
);
create unique index profile_owner_subject on profile (owner_subject) where owner_subject is not null;

create table assignment (
    id         bigint generated always as identity primary key,
    profile_id uuid not null references profile (id),
    counsellor text not null check (counsellor <> ''),
    unit       text not null check (unit <> ''),
    begin_time timestamptz not null,
    end_time   timestamptz,
    check (end_time is null or end_time >= begin_time)
);
create unique index assignment_open on assignment (profile_id) where end_time is null;
create index assignment_caseload on assignment (counsellor, begin_time desc, profile_id desc) where end_time is null;
create index assignment_profile on assignment (profile_id);

-- No reference to profile: the record of who read it stays when a profile is erased.
create table access (
    id         uuid primary key,
    profile_id uuid not null,
    time       timestamptz not null,
    purpose    smallint not null,
    role       text not null,
    unit       text not null,
    relation   smallint not null,
    method     text not null,
    reader     text not null,
    service    text not null
);
create index access_profile on access (profile_id, time desc, id desc);

-- Append-only for every role but the owner, whatever the serving role is called.
do $$
declare
    role_name text;
begin
    for role_name in
        select distinct grantee from information_schema.role_table_grants
        where table_schema = 'public' and table_name = 'access' and grantee <> current_user
    loop
        execute format('revoke update, delete, truncate on access from %I', role_name);
    end loop;
end
$$;
