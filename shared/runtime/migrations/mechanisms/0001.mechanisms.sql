-- Tables of the mechanisms that every service uses. See docs/events.md for the delivery contract.

create table outbox (
    id                uuid primary key,
    position          bigint generated always as identity,
    type              text not null,
    subject           text not null,
    aggregate_id      text not null,
    aggregate_version bigint not null check (aggregate_version > 0),
    occurred_at       timestamptz not null,
    payload           bytea not null,
    traceparent       text not null default '',
    created_at        timestamptz not null default now(),
    sent_at           timestamptz,
    -- A consumer takes each version of an aggregate once, so a second event of one version would be dropped there.
    unique (aggregate_id, aggregate_version)
);
create index outbox_unsent on outbox (position) where sent_at is null;
create index outbox_sent on outbox (sent_at) where sent_at is not null;

create table inbox (
    consumer     text not null,
    aggregate_id text not null,
    version      bigint not null,
    event_id     text not null,
    accepted_at  timestamptz not null default now(),
    primary key (consumer, aggregate_id)
);

create table stored_answer (
    scope       text not null,
    request_id  text not null,
    method      text not null,
    fingerprint bytea not null,
    -- Id of what the answer is about, so that erasing it erases the answers too.
    about       text not null default '',
    answer      bytea,
    created_at  timestamptz not null default now(),
    primary key (scope, request_id)
);
create index stored_answer_about on stored_answer (about) where about <> '';
create index stored_answer_created_at on stored_answer (created_at);

create table dead_letter (
    consumer     text not null,
    stream       text not null,
    sequence     bigint not null,
    subject      text not null,
    headers      jsonb not null,
    payload      bytea not null,
    reason       text not null,
    deliveries   integer not null,
    kept_at      timestamptz not null default now(),
    primary key (stream, sequence, consumer)
);
