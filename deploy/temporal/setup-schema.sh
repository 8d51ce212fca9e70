#!/bin/sh
# Makes Temporal's two databases, or brings them to the schema of this version. Safe to repeat.
# SQL_PASSWORD comes from deploy/temporal.env.
set -eu

schemas=/etc/temporal/schema/postgresql/v12

sql_tool() {
  database=$1
  shift
  temporal-sql-tool --plugin postgres12 --endpoint temporal-database --port 5432 --user temporal --database "$database" "$@"
}

for pair in temporal:temporal temporal_visibility:visibility; do
  database=${pair%%:*}
  sql_tool "$database" create
  sql_tool "$database" setup-schema --version 0.0
  sql_tool "$database" update-schema --schema-dir "$schemas/${pair##*:}/versioned"
done
