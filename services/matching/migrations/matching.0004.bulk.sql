-- Lists made for all people at once: runs, the items that workers take, and the lists until they are served.

create table bulk_run (
    id            uuid primary key,
    create_time   timestamptz not null,
    -- The day for which the schedule started it: one run a day, whichever process is first.
    scheduled_for date unique
);

create table bulk_item (
    id       uuid primary key,
    run_id   uuid not null references bulk_run (id) on delete cascade,
    number   integer not null,
    -- The people of an item: ids from the first to the last.
    first_id uuid not null,
    last_id  uuid not null,
    people   integer not null,
    prepared integer not null default 0,
    done_at  timestamptz,
    failed   text not null default '',
    unique (run_id, number)
);

-- Not a record: it is on record when it is served. It holds for one version of the profile, and goes with it.
create table prepared_list (
    profile_id  uuid primary key,
    run_id      uuid not null,
    create_time timestamptz not null,
    -- services.matching.application.prepared: PreparedList without its shortlist.
    body        json not null,
    -- The order, packed: see services/matching/adapters/postgres/shortlists.py.
    shortlist   bytea not null
);
