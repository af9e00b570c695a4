-- Who was forgotten because they were erased: an id that stands for nobody any more, and when; until purge_time the bytes
-- of deleted rows may still lie in the database's files.
create table erasure (
    profile_id uuid primary key,
    erase_time timestamptz not null,
    purge_time timestamptz check (purge_time >= erase_time)
);
create index erasure_to_purge on erasure (erase_time) where purge_time is null;
