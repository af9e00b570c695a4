-- One database for each service, with two roles: the owner migrates, the runtime role serves.
-- Run by a superuser with psql; passwords come from the environment of the same names.
\getenv profiles_owner_password PROFILES_OWNER_PASSWORD
\getenv profiles_runtime_password PROFILES_RUNTIME_PASSWORD
\getenv openings_owner_password OPENINGS_OWNER_PASSWORD
\getenv openings_runtime_password OPENINGS_RUNTIME_PASSWORD
\getenv matching_owner_password MATCHING_OWNER_PASSWORD
\getenv matching_runtime_password MATCHING_RUNTIME_PASSWORD

create role profiles_owner login password :'profiles_owner_password';
create role profiles_runtime login password :'profiles_runtime_password';
create database profiles owner profiles_owner;
revoke all on database profiles from public;
grant connect on database profiles to profiles_runtime;
\connect profiles
grant execute on function pg_switch_wal() to profiles_owner;
\connect postgres

create role openings_owner login password :'openings_owner_password';
create role openings_runtime login password :'openings_runtime_password';
create database openings owner openings_owner;
revoke all on database openings from public;
grant connect on database openings to openings_runtime;
\connect openings
grant execute on function pg_switch_wal() to openings_owner;
\connect postgres

create role matching_owner login password :'matching_owner_password';
create role matching_runtime login password :'matching_runtime_password';
create database matching owner matching_owner;
revoke all on database matching from public;
grant connect on database matching to matching_runtime;
\connect matching
grant execute on function pg_switch_wal() to matching_owner;
\connect postgres

-- Owners purge what was erased (shared/runtime/purge.py); the server runs with wal_recycle = off.
grant pg_checkpoint to profiles_owner, openings_owner, matching_owner;
