#!/bin/sh
# Makes the secrets of docker-compose.yml, readable by you only. What is there already stays as it is.
set -eu
umask 077
cd "$(dirname "$0")"

secret() { openssl rand -hex 24; }

# A private key as PEM on one line, as env files have it.
key() { openssl genpkey "$@" 2>/dev/null | awk '{ printf "%s\\n", $0 }'; }

if [ -e handback.env ] || [ -e database.env ] || [ -e temporal.env ] || [ -e temporal-database.env ]; then
  echo 'deploy/*.env are there already: nothing was changed' >&2
  exit 1
fi

# A key that cannot be made must not become an empty one.
[ -n "$(key -algorithm ed25519)" ] || { echo 'openssl makes no Ed25519 keys here' >&2; exit 1; }

database_password=$(secret)
temporal_password=$(secret)

cat >database.env <<END
POSTGRES_USER=handback
POSTGRES_DB=handback
POSTGRES_PASSWORD=$database_password
END

cat >handback.env <<END
DATABASE_URL=postgres://handback:$database_password@database:5432/handback
HANDBACK_PAYLOAD_KEY=$(openssl rand -base64 32)
HANDBACK_PERSON_KEY=$(openssl rand -base64 32)
HANDBACK_PERSON_INDEX_KEY=$(openssl rand -base64 32)
HANDBACK_TOKEN_OPERATIONS=$(secret)
HANDBACK_CHECKPOINT_KEY=$(key -algorithm ed25519)
HANDBACK_PACK_KEY=$(key -algorithm EC -pkeyopt ec_paramgen_curve:P-256)
END

cat >temporal-database.env <<END
POSTGRES_USER=temporal
POSTGRES_PASSWORD=$temporal_password
END

# Temporal's server and its schema tool call the same password differently.
cat >temporal.env <<END
POSTGRES_PWD=$temporal_password
SQL_PASSWORD=$temporal_password
END

echo 'Made deploy/database.env, handback.env, temporal-database.env and temporal.env.'
