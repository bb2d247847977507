"""Rooms for the drill, made by the verbs: prints one JSON list, each with its session and both sides' cookies.

IESO_DATA=... python -m bench.in_django bench.drill.seed 10
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from typing import Any

from django.utils import timezone

from accounts.models import Role
from clinicians.models import Clinician
from tests import cast
from therapy.appointments import actions as appointments
from therapy.room import actions as room


def make(rooms: int) -> list[dict[str, Any]]:
    """Return as many open sessions as asked for, each of another patient and another clinician."""
    site = cast.make_site()
    supervisor = cast.person("Sunniva Dahl", Role.SUPERVISOR)
    return [make_one(site, supervisor, number) for number in range(1, rooms + 1)]


def make_one(site: Any, supervisor: Any, number: int) -> dict[str, Any]:
    clinician = cast.make_clinician(f"Clinician{number} Drill", Clinician.Kind.HIT, supervisor, site)
    patient = cast.make_patient(f"Patient{number} Drill")
    case = cast.make_case(patient, site, "treatment", clinician)
    now = timezone.now()
    offered = appointments.offer(
        case,
        starts_at=now + dt.timedelta(minutes=5),
        minutes=60,
        by=clinician.user,
        client_key=f"drill {number}",
        at=now,
    )
    session = room.open_session(appointments.confirm(offered, by=patient.user, at=now))
    for who in (patient.user, clinician.user):
        room.join(session, who, at=now)
    cookies = {
        side: cast.signed_in(who).cookies["session"].value
        for side, who in (("patient", patient), ("clinician", clinician))
    }
    return {"session": str(session.ref), **cookies}


if __name__ == "__main__":
    made = make(int(sys.argv[1]))
    print(json.dumps(made))
