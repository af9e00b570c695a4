-- Which kinds of data a reading gave out (polku.profiles.v1.Data.Kind, sorted), and openings of a record to a counsellor
-- who is not the person's own.

alter table access add column data smallint[] not null default '{}';

create table access_override (
    id          uuid primary key,
    profile_id  uuid not null references profile (id) on delete cascade,
    counsellor  text not null check (counsellor <> ''),
    unit        text not null check (unit <> ''),
    -- polku.profiles.v1.AccessOverride.Reason
    reason_code smallint not null,
    -- In the counsellor's words, sealed under the person's key.
    reason      bytea not null check (length(reason) >= 28),
    begin_time  timestamptz not null,
    end_time    timestamptz not null check (end_time > begin_time)
);
-- Does this counsellor's override of this person still hold?
create index access_override_holds on access_override (profile_id, counsellor, end_time);
create index access_override_newest on access_override (begin_time desc, id desc);
create index access_override_profile on access_override (profile_id, begin_time desc, id desc);

-- Nobody who serves can make an override unseen or longer.
do $$
declare
    role_name text;
begin
    for role_name in
        select distinct grantee from information_schema.role_table_grants
        where table_schema = 'public' and table_name = 'access_override' and grantee <> current_user
    loop
        execute format('revoke update, truncate on access_override from %I', role_name);
    end loop;
end
$$;
