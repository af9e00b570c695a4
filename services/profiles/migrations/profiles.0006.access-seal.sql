-- The seal of the access log (domain/access_log.py): a chain of digests that a background step writes behind the
-- entries, and heads of it. Entries say which transaction wrote them, so that the step can tell when nothing older can
-- still appear: numbers and times are given before the commit, and commits come in another order.

alter table access
    -- Nothing was given out: the caller was told that there is no such person.
    add column refused boolean not null default false,
    add column xid xid8 not null default pg_current_xact_id(),
    add constraint access_refused_gives_nothing check (not refused or cardinality(data) = 0);
create index access_xid on access (xid, id);
-- Supervision searches by periods. Entries lie in the order of their time, so the summary of a few blocks is enough.
create index access_time on access using brin (time);

create table access_seal (
    position  bigint primary key check (position > 0),
    -- No reference: what is removed must show.
    access_id uuid not null unique,
    xid       xid8 not null,
    digest    bytea not null check (length(digest) = 32)
);

create table access_seal_head (
    position  bigint primary key check (position > 0),
    digest    bytea not null check (length(digest) = 32),
    time      timestamptz not null,
    -- JWS compact serialisation; empty where the service has no key.
    signature text not null
);

-- Append-only for every role but the owner.
do $$
declare
    role_name text;
begin
    for role_name in
        select distinct grantee from information_schema.role_table_grants
        where table_schema = 'public' and table_name = 'access_seal' and grantee <> current_user
    loop
        execute format('revoke update, delete, truncate on access_seal, access_seal_head from %I', role_name);
    end loop;
end
$$;
