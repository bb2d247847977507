"""Where things are kept: Postgres, what stands in it for other stores, and Redis to ring."""

from environs import validate
from psycopg.conninfo import conninfo_to_dict

from ieso import paths
from ieso.settings.environment import env, secret
from ieso.settings.service import DATA_DIR, EMBEDDED, REDIS_URL
from live.silence import Connection

# Postgres, the only truth. Migrations run as its owner, everything else as a role that owns nothing.
DATABASE_ROLE = env.str("IESO_DATABASE_ROLE", "site", validate=validate.OneOf(["site", "owner"]))


def database_url() -> str:
    if EMBEDDED:
        return paths.database_url(DATA_DIR, paths.OWNER_ROLE if DATABASE_ROLE == "owner" else paths.SITE_ROLE)
    return secret("DATABASE_OWNER_URL") if DATABASE_ROLE == "owner" else secret("DATABASE_URL")


# Among so many joined tables Postgres looks for the best order, beyond it joins them as they are written. Django writes
# first what narrows the rows and last what hangs on them one to one: a search among all of them finds nothing better,
# and for a record with a dozen tables it takes 9 ms.
JOINS_REORDERED = 4
# A database host that vanishes without a word (a cut line, a firewall that forgets) is given up within half a minute;
# left to itself the kernel would keep every thread waiting for a quarter of an hour or more.
GIVEN_UP = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}


def database(url: str) -> dict:
    """Django's settings of a libpq URL; what Django has no name for stays an option of the connection."""
    options = GIVEN_UP | {"options": f"-c join_collapse_limit={JOINS_REORDERED}"} | conninfo_to_dict(url)
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    return {key: options.pop(name, "") for key, name in names.items()} | {"OPTIONS": options}


# A page runs in a thread of its own, a socket's query in one of ASGI_THREADS (daphne reads that itself). Whoever
# finds no free connection in the process's pool waits for one, POOL_TIMEOUT_SECONDS at most.
POOL_MIN_SIZE = env.int("IESO_POOL_MIN", 1)
POOL_MAX_SIZE = env.int("IESO_POOL_MAX", 20)
POOL_TIMEOUT_SECONDS = 5
# How long the pool tries by itself, waiting ever longer. After that each request tries anew: whoever comes when the
# database is back need not wait for the end of a long pause.
POOL_RECONNECT_SECONDS = 2
DATABASES = {
    "default": database(database_url())
    | {"ENGINE": "django.db.backends.postgresql", "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True}
}
if DATABASE_ROLE == "site":
    DATABASES["default"]["OPTIONS"]["pool"] = {
        "connection_class": Connection,  # a server that hangs is given up: its silence ends no statement
        "min_size": POOL_MIN_SIZE,
        "max_size": POOL_MAX_SIZE,
        "timeout": POOL_TIMEOUT_SECONDS,
        "reconnect_timeout": POOL_RECONNECT_SECONDS,
    }

# Rate limits and sessions live in Postgres, so that signing in does not need Redis.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_entries",
        # Entries that are thrown away early are limits forgotten: room for a flood of addresses.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
SESSION_ENGINE = "accounts.sessions"
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        # redis-py 8 gives sockets a timeout that closes an idle subscription after five seconds.
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}]},
    }
}
