#!/usr/bin/env python3
"""Our room under the peers' load client: starts it, makes the accounts, runs run.py, then asks the table.

    .venv/bin/python -m bench.peers.ours --rounds 3 --out results.jsonl [--scenarios pair,pairs200,flat50] [--port 9175]
"""
from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
from pathlib import Path

import psycopg

from bench.stack import Room, services, settle
from ieso import paths

HERE = Path(__file__).resolve().parent
# The environment of the load client and of the other systems (README.md).
PYTHON = Path(os.environ.get("BENCH_ROOT") or Path(tempfile.gettempdir()) / "bench") / "v/bin/python"
FOUND = "SELECT count(*), count(DISTINCT cid) FROM therapy_line WHERE cid LIKE %s"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", default="3")
    parser.add_argument("--out", required=True)
    parser.add_argument("--scenarios", default="pair,pairs200,flat50")
    parser.add_argument("--name", default="ours")
    parser.add_argument("--server", default="daphne")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--port", type=int, default=9175)
    options = parser.parse_args()
    with services() as made, Room(made, options.port, server=options.server, processes_=options.processes) as room:
        room.make(200)
        accounts = made.data / "accounts.jsonl"
        accounts.write_text("".join(json.dumps(one) + "\n" for one in room.accounts(200)))
        settle(made)
        watch = ",".join(f"{name.replace('web', 'server')}={pid}" for name, pid in room.pids().items())
        subprocess.run(
            [PYTHON, HERE / "run.py", "--external", options.name, "--rounds", options.rounds, "--out", options.out,
             "--scenarios", options.scenarios, "--watch", watch,
             "--driver-args", f"--ws-profile {HERE}/profiles/room.json --ws-accounts {accounts}"],
            check=True,
        )
        compare(paths.database_url(made.data, paths.SUPERUSER_ROLE), options)


def compare(url: str, options: argparse.Namespace) -> None:
    """Every line that was sent stands in the table, once."""
    records = [json.loads(line) for line in Path(options.out).read_text().splitlines()]
    with psycopg.connect(url) as connection:
        for record in [record for record in records if record["system"] == options.name and "tag" in record]:
            row = connection.execute(FOUND, [f"[[{record['tag']}.%"]).fetchone()
            if row and row[0]:
                print(f"{record['case']} round {record['round']}: sent {record['total_sent']}, in the table {row[0]}, "
                      f"different {row[1]}, delivered twice {record['dups']}")


if __name__ == "__main__":
    main()
