#!/bin/sh
# A database and an account for each service, none of which reaches another's. PostgreSQL's image runs
# this once, when its data folder is new; on a server of one's own: POSTGRES_USER=postgres and the three
# passwords in the environment, and psql's own variables (PGHOST, PGPORT, PGPASSWORD).
set -eu

for service in scheduling registration notifications; do
    variable=$(printf '%s_DATABASE_PASSWORD' "$service" | tr '[:lower:]' '[:upper:]')
    # The password goes in by its variable's name: an argument could be read by every process.
    psql --quiet --no-psqlrc --set=ON_ERROR_STOP=1 --username="${POSTGRES_USER:-postgres}" \
        --dbname=postgres --set=service="$service" <<SQL
\\set password \`printenv $variable\`
CREATE ROLE :"service" LOGIN PASSWORD :'password';
CREATE DATABASE :"service" OWNER :"service";
REVOKE ALL ON DATABASE :"service" FROM PUBLIC;
SQL
done
