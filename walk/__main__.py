"""`bin/walk --url URL --out DIR [--until N]`: the whole journey, step by step, with the time of each."""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from walk import care, ending, homes, intake, session
from walk.journey import Journey

Step = Callable[[Journey], None]
STEPS: list[tuple[int, str, Step]] = [
    (1, "refer oneself", intake.refer_oneself),
    (1, "upload a partner's referrals", intake.upload_batch),
    (2, "self-assessment", intake.assess_oneself),
    (3, "triage", intake.triage),
    (3, "allocation", intake.allocate),
    (4, "welcome and messages", care.write_to_each_other),
    (5, "booking", care.book),
    (6, "the typed session", session.hold),
    (7, "note, diagnosis, scores, ticket", care.follow_up),
    (8, "assessment letter", ending.write_assessment_letter),
    (9, "discharge", ending.end_therapy),
    (9, "pay", ending.pay),
    (10, "home pages", homes.look),
]


def main() -> int:
    """Walk and return the exit code: 0 where every step came to its end."""
    parser = argparse.ArgumentParser(prog="bin/walk", description=__doc__)
    parser.add_argument("--url", required=True, help="of a running bin/demo")
    parser.add_argument("--out", required=True, type=Path, help="folder for PDFs and statement")
    parser.add_argument("--until", type=int, default=10, help="the last step of the journey to take")
    given = parser.parse_args()
    journey = Journey(given.url.rstrip("/"), given.out, stamp=f"{time.time_ns() // 1000:x}")
    steps = [step for step in STEPS if step[0] <= given.until]
    for done, (number, name, step) in enumerate(steps, start=1):
        if not _take(journey, number, name, step):
            print(f"walk: {done} steps, 1 failed", flush=True)
            return 1
    print(f"walk: {len(steps)} steps, 0 failed", flush=True)
    return 0


def _take(journey: Journey, number: int, name: str, step: Step) -> bool:
    """Take one step, print its time, and tell whether it came to its end."""
    began, fault = time.monotonic(), False
    try:
        step(journey)
    except Exception:
        fault = True
        traceback.print_exc()
    word = "failed" if fault else "ok"
    print(f"step {number:>2} {name:<32} {word:<6} {time.monotonic() - began:6.2f} s", flush=True)
    return not fault


if __name__ == "__main__":
    sys.exit(main())
