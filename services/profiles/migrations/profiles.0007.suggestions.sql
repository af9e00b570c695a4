-- What a CV suggests for a work profile and nobody has answered yet. One row for each person: an import takes the place
-- of the one before. What is answered is in here no more.
create table suggestion_list (
    profile_id  uuid primary key references profile (id) on delete cascade,
    version     bigint not null check (version > 0),
    -- polku.profiles.v1.ListSuggestionsResponse, serialised and sealed under the person's key.
    content     bytea not null check (length(content) >= 28),
    import_time timestamptz not null
);
create index suggestion_list_age on suggestion_list (import_time);
