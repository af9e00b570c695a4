-- Which vectors the serving process has taken into its index and told the others about: exact whatever was missed.
alter table vector add column indexed boolean not null default false;
drop index vector_stored_at;
create index vector_not_indexed on vector (stored_at) where not indexed;
