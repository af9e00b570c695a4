-- People who may be shown for vacancies, and the lists of candidates that were served.

-- services.matching.domain.aspects.is_willing: employer_requests is YES (1), matching is not NO (2).
alter table profile add column willing boolean not null generated always as (coalesce(
    snapshot #>> '{choices,employer_requests}' = '1'
    and snapshot #>> '{choices,matching}' <> '2'
    and snapshot #>> '{choices,matching_paused}' = 'false'
    and snapshot #>> '{choices,ranking_opt_out}' = 'false',
    false)) stored;
create index profile_willing on profile (id) where willing;

create table candidate_list (
    id          uuid primary key,
    opening_id  uuid not null,
    create_time timestamptz not null,
    -- A role, and the opaque subject of a counsellor or the id of a publisher.
    reader      text not null,
    -- services.matching.application.willing: CandidateList without its people.
    body        json not null
);
create index candidate_list_create_time on candidate_list (create_time);
create index candidate_list_reader on candidate_list (reader, create_time);

create table candidate_list_entry (
    list_id    uuid not null references candidate_list (id) on delete cascade,
    rank       integer not null check (rank > 0),
    -- Whoever is erased leaves the lists.
    profile_id uuid not null references profile (id) on delete cascade,
    -- services.matching.application.willing: Listed, JSON through zlib.
    body       bytea not null,
    primary key (list_id, rank)
);
create index candidate_list_entry_profile on candidate_list_entry (profile_id);

-- A list that was served is never changed, whatever the serving role is called.
do $$
declare
    role_name text;
begin
    for role_name in
        select distinct grantee from information_schema.role_table_grants
        where table_schema = 'public' and table_name = 'candidate_list' and grantee <> current_user
    loop
        execute format('revoke update, truncate on candidate_list, candidate_list_entry from %I', role_name);
    end loop;
end
$$;
