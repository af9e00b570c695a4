-- A key for each person, under which everything personal is sealed; who the person is, apart from what they can do; and
-- the history of changes. See adapters/sealing.py and docs/adr/0020.

-- No installation exists that keeps profiles in clear, so nothing is sealed anew here. A development stack that has some
-- starts afresh.
do $$
begin
    if exists (select from profile) then
        raise exception 'This database keeps profiles of a version before sealing: start afresh ("make clean").';
    end if;
end
$$;

create table person_key (
    -- Checked at the end of the transaction: the key comes first, since the profile is sealed by it.
    profile_id uuid primary key references profile (id) on delete cascade deferrable initially deferred,
    -- Which key of POLKU_PERSON_KEYS_FILE wraps it.
    kek_id     text not null check (kek_id <> ''),
    wrapped    bytea not null check (length(wrapped) = 40)
);

-- Sealed values are a nonce of 12 bytes, the ciphertext and a tag of 16.
alter table profile
    drop column case_reference,
    drop column work,
    drop column choices,
    add column case_reference bytea not null check (length(case_reference) >= 28),
    add column work bytea not null check (length(work) >= 28),
    add column choices bytea not null check (length(choices) >= 28);

create table identity (
    profile_id  uuid primary key references profile (id) on delete cascade,
    version     bigint not null check (version > 0),
    -- polku.profiles.v1.Identity, serialised and sealed.
    content     bytea not null check (length(content) >= 28),
    create_time timestamptz not null,
    update_time timestamptz not null
);

-- The blind index: HMAC-SHA-256 of parts of names and of person ids, under a key that the database never sees.
create table identity_index (
    digest     bytea not null check (length(digest) = 32),
    profile_id uuid not null references profile (id) on delete cascade,
    primary key (digest, profile_id)
);
create index identity_index_profile on identity_index (profile_id);

create table profile_change (
    id         uuid primary key,
    profile_id uuid not null references profile (id) on delete cascade,
    -- "profile" or "identity", and the version of it that the change made.
    part       smallint not null,
    version    bigint not null check (version > 0),
    time       timestamptz not null,
    role       text not null,
    unit       text not null,
    subject    text not null,
    -- polku.profiles.v1.Relation.Kind
    relation   smallint not null,
    -- The service through which the change came; empty for a direct call.
    service    text not null,
    -- polku.profiles.v1.Change.Origin
    origin     smallint not null,
    path       text not null check (path <> ''),
    -- JSON texts, sealed.
    old_value  bytea not null check (length(old_value) >= 28),
    new_value  bytea not null check (length(new_value) >= 28)
);
create index profile_change_newest on profile_change (profile_id, time desc, id desc);

-- Append-only for whoever serves: the history goes with the person, not before.
do $$
declare
    role_name text;
begin
    for role_name in
        select distinct grantee from information_schema.role_table_grants
        where table_schema = 'public' and table_name = 'profile_change' and grantee <> current_user
    loop
        execute format('revoke update, truncate on profile_change from %I', role_name);
    end loop;
end
$$;
