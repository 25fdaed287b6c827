#!/bin/sh
# Runs once, when PostgreSQL's volume is new: a database with its own role for Airflow's metadata and for the ledger.
set -eu
secrets=${SECRETS_DIR:-/run/secrets}
for name in airflow ledger; do
    psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname=postgres --quiet \
        --set=name="$name" --set=password="$(cat "$secrets/${name}_db_password")" <<'SQL'
create role :"name" login password :'password';
create database :"name" owner :"name";
revoke all on database :"name" from public;
SQL
done
