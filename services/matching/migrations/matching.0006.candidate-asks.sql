-- Requests for somebody's yes to a vacancy: they bound how many one asker makes, and make a repeated one the same.
create table candidate_ask (
    -- As in candidate_list.
    reader         text not null,
    request_id     uuid not null,
    opening_id     uuid not null,
    -- Stands for the person, for this reader and this opening alone; nobody can be found by it once they are erased.
    handle         text not null,
    create_time    timestamptz not null,
    answer_by_time timestamptz not null,
    primary key (reader, request_id)
);
create index candidate_ask_create_time on candidate_ask (create_time);
create index candidate_ask_reader on candidate_ask (reader, create_time);
