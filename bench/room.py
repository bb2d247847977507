#!/usr/bin/env python3
"""The honest benchmark of the room: ours, its floor and a control, on one machine in one run (docs/room-speed.md).

bench/room.py --quick             floor, room and control in under three minutes; one line at the end
bench/room.py [--rounds 3]        everything, the table and the plot of docs/room-speed.md
bench/room.py --only pair --systems room,floor --server uvicorn --processes 2
"""

from __future__ import annotations

if not __package__:
    __import__("home").go("room")  # called as a file: its own folder is on the path, nothing else is set up yet

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from bench import scenarios
from bench.report import last_line, print_table, write_page
from bench.stack import SERVERS, SYSTEMS, services


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="under three minutes: floor, room, control")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--first-round", type=int, default=1, help="the number of the first round, for runs in parts")
    parser.add_argument("--systems", default="floor,room,tutorial")
    parser.add_argument("--only", default="", help=f"of {', '.join(scenarios.NAMES)}")
    parser.add_argument("--server", default="daphne", choices=list(SERVERS))
    parser.add_argument("--processes", type=int, default=1, help="web processes; each side of a pair has its own")
    parser.add_argument("--port", type=int, default=9170)
    parser.add_argument("--results", type=Path, help="append each figure to this file as a JSON line")
    parser.add_argument("--page", type=Path, help="write the table and the plot of these results into the page")
    parser.add_argument("--peers", type=Path, help="results of bench/peers, for the page's table of other servers")
    parser.add_argument("--from", dest="source", type=Path, help="measure nothing: the results of an earlier run")
    return parser.parse_args()


def run_all(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Every system in each round, so that a busy spell of the machine falls on none alone."""
    names = options.only.split(",") if options.only else (scenarios.QUICK if options.quick else scenarios.NAMES)
    results = []
    with services() as made:
        systems = options.systems.split(",")
        for number in range(1 if options.quick else options.rounds):
            round_number = options.first_round + number
            for name in systems:
                shape = {"server": options.server, "processes_": options.processes}
                with SYSTEMS[name](made, options.port, **shape) as system:
                    runner = scenarios.Runner(system, round_number, quick=options.quick)
                    for scenario in names:
                        results += keep(options, runner.play(scenario))
    return results


def keep(options: argparse.Namespace, figures: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Say what was measured as soon as it is, and write it down."""
    for figure in figures:
        figure |= {"server": options.server, "processes": options.processes, "at": time.strftime("%H:%M:%S")}
        print(scenarios.in_words(figure), file=sys.stderr, flush=True)
        if options.results:
            with options.results.open("a") as file:
                file.write(json.dumps(figure) + "\n")
    return figures


def main() -> None:
    options = arguments()
    if options.source:
        results = [json.loads(line) for line in options.source.read_text().splitlines()]
    else:
        results = run_all(options)
    if options.page or not options.quick:
        print_table(results)
    if options.page:
        write_page(options.page, results, options.peers)
    void = [figure for figure in results if scenarios.is_void(figure)]
    for figure in void:
        print(f"void, the generator was late: {figure['system']} {figure['case']}", file=sys.stderr)
    if not options.only:
        print(last_line(results))
    sys.exit(1 if void else 0)


if __name__ == "__main__":
    main()
