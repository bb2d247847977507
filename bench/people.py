"""Cases, sessions and sign-ins for the bench, made by the verbs: prints JSON.

    python -m bench.in_django bench.people FIRST PAIRS

Each pair is a clinician and a patient of their own, in a session that begins in five minutes.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import transaction
from django.utils import timezone

from accounts import mfa
from accounts.models import Role, User
from tests import cast
from therapy.appointments import actions as appointments
from therapy.room import actions as room
from therapy.room.models import Session

AHEAD = dt.timedelta(minutes=5)
OFFERED_BEFORE = dt.timedelta(days=5)
AT_ONCE = 50


def sign_in(user: User) -> str:
    """Return the key of a browser session in which the person is signed in, staff with their second factor."""
    browser = import_module(settings.SESSION_ENGINE).SessionStore()
    browser[SESSION_KEY] = str(user.pk)
    browser[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    browser[HASH_SESSION_KEY] = user.get_session_auth_hash()
    if user.is_staff_member:
        cast.set_up_app(user)
        mfa.mark(browser, mfa.APP)
    browser.create()
    return browser.session_key


def open_session(number: int, clinician: User, patient: User, site: Any, supervisor: User) -> Session:
    """A case in treatment, an appointment offered, confirmed and near, and its room."""
    treats = cast.make_clinician(clinician, "hit", supervisor, site)
    case = cast.make_case(cast.make_patient(patient), site, "treatment", treats)
    starts_at = timezone.now() + AHEAD
    at = starts_at - OFFERED_BEFORE
    made = appointments.offer(case, starts_at=starts_at, minutes=60, client_key=f"bench-{number}", by=clinician, at=at)
    return room.open_session(appointments.confirm(made, by=patient, at=at))


def pairs(first: int, count: int) -> list[dict[str, Any]]:
    """Make so many pairs, numbered from `first`; what each of the two needs to open their socket."""
    numbers = range(first, first + count)
    names: dict[str, str] = {f"patient{number} Bench": Role.PATIENT for number in numbers}
    names |= {f"clinician{number} Bench": Role.CLINICIAN for number in numbers}
    made: list[dict[str, Any]] = []
    with transaction.atomic():
        site = cast.make_site(code=f"bench{first}", name=f"Bench {first}")
        supervisor = cast.person(f"supervisor{first} Bench", Role.SUPERVISOR)
        people = {user.name: user for user in cast.people(names)}
        for number in numbers:
            both = [people[f"patient{number} Bench"], people[f"clinician{number} Bench"]]
            session = open_session(number, both[1], both[0], site, supervisor)
            made += [
                {"pair": number, "side": side, "ref": str(session.ref), "cookie": sign_in(user), "user": user.pk}
                for side, user in enumerate(both)
            ]
    return made


def main() -> None:
    first, count = int(sys.argv[1]), int(sys.argv[2])
    made = []
    for start in range(first, first + count, AT_ONCE):
        made += pairs(start, min(AT_ONCE, first + count - start))
    print(json.dumps(made))


if __name__ == "__main__":
    main()
