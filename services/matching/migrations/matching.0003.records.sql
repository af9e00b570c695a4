-- What each list was made with, so that it can be worked out again; feedback; contests; lists that were erased.

-- By month, so that what no list needs any more ends as a whole: a list finds its inputs in the month of its making.
create table decision_input (
    month      date  not null,
    -- BLAKE2b of kind and body, 16 bytes: many lists share one version of an opening.
    hash       bytea not null check (length(hash) = 16),
    kind       text  not null check (kind in ('profile', 'weights', 'opening')),
    -- Of a person's input alone: it ends with the person.
    profile_id uuid check ((profile_id is not null) = (kind = 'profile')),
    -- services.matching.domain.replay: PersonInput or OpeningInput, or the Weights.
    body       json  not null,
    primary key (month, hash)
);
create index decision_input_profile on decision_input (profile_id) where profile_id is not null;

-- The order of the list, packed: see services/matching/adapters/postgres/shortlists.py. Lists from before are without.
alter table decision add column shortlist bytea;
-- The items of the first page, JSON through zlib: by itself PostgreSQL takes 6 ms to compress twenty of them one by one,
-- and they take five times the room. Items of later pages are rows of decision_match.
alter table decision add column items bytea;
alter table decision alter column items set storage external;
alter table decision add column profile_input bytea;
alter table decision add column weights_input bytea;
create index decision_create_time on decision (create_time);

-- That there was such a list and that it went with its person; nothing of whose it was.
create table decision_erased (
    decision_id uuid primary key,
    erased_on   date not null
);
create index decision_erased_on on decision_erased (erased_on);

create table feedback (
    id          uuid primary key,
    profile_id  uuid not null,
    opening_id  uuid not null,
    -- services.matching.domain.feedback.FeedbackKind; 0: what was said is taken back.
    kind        smallint not null check (kind between 0 and 4),
    reason      smallint not null default 0,
    decision_id uuid,
    create_time timestamptz not null
);
create index feedback_newest on feedback (profile_id, opening_id, id desc);
create index feedback_create_time on feedback (create_time);

create table contest (
    id           uuid primary key,
    profile_id   uuid not null,
    opening_id   uuid not null,
    decision_id  uuid,
    about        text not null,
    value        text not null,
    words        text not null,
    create_time  timestamptz not null,
    answer       smallint not null default 0,
    answer_words text not null default '',
    answer_time  timestamptz
);
create index contest_profile on contest (profile_id, id desc);
create index contest_create_time on contest (create_time);

-- What was recorded is never changed, whatever the serving role is called.
do $$
declare
    role_name text;
begin
    for role_name in
        select distinct grantee from information_schema.role_table_grants
        where table_schema = 'public' and table_name = 'feedback' and grantee <> current_user
    loop
        execute format('revoke update, truncate on decision_input, decision_erased, feedback from %I', role_name);
        execute format('revoke update, truncate on contest from %I', role_name);
        execute format('grant update (answer, answer_words, answer_time) on contest to %I', role_name);
    end loop;
end
$$;
