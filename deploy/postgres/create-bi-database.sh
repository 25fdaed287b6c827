#!/bin/sh
# Runs once, when PostgreSQL's volume is new, or by hand on any server: the database that BI tools read, the role that the
# warehouse writes it with, and the two that read. What a reader may use stands here.
set -eu
secrets=${SECRETS_DIR:-/run/secrets}
psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname=postgres --quiet \
    --set=owner="$(cat "$secrets/marts_db_password")" \
    --set=reader="$(cat "$secrets/marts_reader_password")" \
    --set=public_reader="$(cat "$secrets/marts_public_reader_password")" <<'SQL'
create role marts login password :'owner';
create role marts_reader login password :'reader' connection limit 20;
create role marts_public_reader login password :'public_reader' connection limit 20;
create database marts owner marts;
revoke all on database marts from public;
grant connect on database marts to marts_reader, marts_public_reader;

-- A reader may change these for its own session, but for the last; nobody but a superuser lifts the limit of connections above.
alter role marts_reader set search_path = marts;
alter role marts_reader set default_transaction_read_only = on;
alter role marts_reader set statement_timeout = '60s';
alter role marts_reader set idle_in_transaction_session_timeout = '60s';
alter role marts_reader set temp_file_limit = '1GB';
alter role marts_public_reader set search_path = marts_public;
alter role marts_public_reader set default_transaction_read_only = on;
alter role marts_public_reader set statement_timeout = '60s';
alter role marts_public_reader set idle_in_transaction_session_timeout = '60s';
alter role marts_public_reader set temp_file_limit = '1GB';

\connect marts
revoke all on schema public from public;
-- Large objects are no tables: anybody who logs in could write them.
revoke execute on function lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea) from public;
SQL
