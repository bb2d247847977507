#!/bin/bash
# Runs once, on an empty volume: the owner of everything, and the site's role that owns nothing.
set -euo pipefail
owner_password="$(cat /run/secrets/owner_password)"
site_password="$(cat /run/secrets/site_password)"
psql --username "$POSTGRES_USER" --dbname postgres --set ON_ERROR_STOP=1 \
     --set owner_password="$owner_password" --set site_password="$site_password" <<'SQL'
CREATE ROLE ieso_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE ieso_site LOGIN PASSWORD :'site_password';
ALTER ROLE ieso_site SET statement_timeout = '30s';
ALTER ROLE ieso_site SET lock_timeout = '10s';
ALTER ROLE ieso_site SET idle_in_transaction_session_timeout = '60s';
CREATE DATABASE ieso OWNER ieso_owner;
REVOKE ALL ON DATABASE ieso FROM PUBLIC;
GRANT CONNECT ON DATABASE ieso TO ieso_site;
SQL
