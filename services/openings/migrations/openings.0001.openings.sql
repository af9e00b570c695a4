-- Openings with the record of their transitions; publishers with their keys.

create table opening (
    id             uuid primary key,
    publisher      text not null check (publisher <> ''),
    external_id    text not null check (external_id <> ''),
    version        bigint not null check (version > 0),
    state          smallint not null,
    kind           smallint not null,
    municipalities text[] not null,
    -- polku.openings.v1.Opening with the content alone, serialised: read and written whole.
    content        bytea not null,
    -- The same message with the contact persons alone: personal data, in a field of its own.
    contacts       bytea not null,
    create_time    timestamptz not null,
    update_time    timestamptz not null,
    publish_time   timestamptz not null,
    -- When the clock changes its state next; null where it does not.
    due_time       timestamptz,
    unique (publisher, external_id)
);
create index opening_newest on opening (update_time desc, id desc);
create index opening_newest_by_state on opening (state, update_time desc, id desc);
create index opening_newest_by_publisher on opening (publisher, update_time desc, id desc);
create index opening_municipalities on opening using gin (municipalities);
create index opening_due on opening (due_time) where due_time is not null;

create table opening_transition (
    opening_id uuid not null references opening (id),
    version    bigint not null,
    move       text not null,
    from_state smallint,
    to_state   smallint not null,
    time       timestamptz not null,
    -- Id of the API key or user, or "clock".
    actor      text not null,
    primary key (opening_id, version)
);

create table publisher (
    id           text primary key check (id <> ''),
    display_name text not null,
    create_time  timestamptz not null
);

create table publisher_key (
    kid         text primary key,
    publisher   text not null references publisher (id),
    -- HMAC-SHA-256 of the secret with the pepper, which is not in the database.
    secret_hash text not null,
    create_time timestamptz not null,
    expire_time timestamptz not null,
    revoke_time timestamptz
);
create index publisher_key_publisher on publisher_key (publisher);

-- The record of transitions is append-only for every role but the owner, whatever the serving role is called.
do $$
declare
    role_name text;
begin
    for role_name in
        select distinct grantee from information_schema.role_table_grants
        where table_schema = 'public' and table_name = 'opening_transition' and grantee <> current_user
    loop
        execute format('revoke update, delete, truncate on opening_transition from %I', role_name);
    end loop;
end
$$;
