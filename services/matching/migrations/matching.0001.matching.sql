-- What matching knows of openings and profiles, their vectors, and the lists that it served.
-- Snapshots hold competence and choices; there is no column for a name, a contact or a person id, and a test says so.

-- Published openings only: one that is closed leaves, and the inbox remembers its version.
create table opening (
    id       uuid primary key,
    version  bigint not null check (version > 0),
    -- services.matching.domain: OpeningSnapshot and OpeningSignals, read and written whole.
    snapshot json not null,
    signals  json not null,
    -- Digest of the text to encode and of the model; empty where there is no text.
    digest   text not null
);

create table profile (
    id       uuid primary key,
    version  bigint not null check (version > 0),
    snapshot json not null,
    signals  json not null,
    digest   text not null
);

create table vector (
    owner    text not null check (owner in ('opening', 'profile')),
    owner_id uuid not null,
    digest   text not null,
    model    text not null,
    -- float32, little-endian, of length one.
    numbers  bytea not null,
    stored_at timestamptz not null default now(),
    primary key (owner, owner_id)
);
create index vector_same_text on vector (digest, model);
create index vector_stored_at on vector (stored_at);

create table embedding_task (
    owner       text not null check (owner in ('opening', 'profile')),
    owner_id    uuid not null,
    digest      text not null,
    text        text not null,
    priority    smallint not null,
    enqueued_at timestamptz not null default now(),
    -- An encoder that takes a task has it until then; one that dies leaves it to the others.
    leased_until timestamptz not null default '-infinity',
    primary key (owner, owner_id)
);
create index embedding_task_order on embedding_task (priority, enqueued_at);

create table decision (
    id          uuid primary key,
    profile_id  uuid not null,
    create_time timestamptz not null,
    -- services.matching.domain.matches.Decision without its matches.
    body        json not null
);
create index decision_profile on decision (profile_id, create_time desc);

create table decision_match (
    decision_id uuid not null references decision (id) on delete cascade,
    rank        integer not null check (rank > 0),
    body        json not null,
    primary key (decision_id, rank)
);

-- A list that was served is never changed, whatever the serving role is called; it ends with the person's data.
do $$
declare
    role_name text;
begin
    for role_name in
        select distinct grantee from information_schema.role_table_grants
        where table_schema = 'public' and table_name = 'decision' and grantee <> current_user
    loop
        execute format('revoke update, truncate on decision, decision_match from %I', role_name);
    end loop;
end
$$;
