"""Server time of the calendar's pages and of the search for free times, beside three years of appointments.

`bin/test tests/therapy/test_calendar_speed.py -s -n 0` prints the table of docs/measurements.md: the server's work in
milliseconds of the reference machine (tests/harness/spent.py), not of a wall clock. The medians are held to the limits.
"""

import datetime as dt
import statistics

import pytest
from django.urls import reverse
from django.utils import timezone

from tests import cast
from tests.harness.spent import spent_ms
from tests.therapy import busy
from therapy.appointments import slots
from therapy.appointments.models import Appointment
from therapy.feeds import actions as feeds

SEARCH_MS, PAGE_MS, RUNS = 50, 100, 9


def row_of(name: str, who: str, times: list[float]) -> float:
    print(f"| {name} | {who} | {statistics.median(times):.1f} | {times[-2]:.1f} |")  # noqa: T201
    return statistics.median(times)


@pytest.fixture
def full(world):
    rows = busy.three_years(world, timezone.localdate())
    print(f"\n{len(rows)} appointments of one clinician")  # noqa: T201
    return rows


def half_a_year_is_searched(world) -> float:
    now = timezone.now()
    world.alice_case.refresh_from_db()

    def search():
        case = type(world.alice_case).objects.get(pk=world.alice_case.pk)
        return slots.free_times(case, 60, at=now)

    assert len(search()) > 1000
    return row_of("search of free times, half a year", "patient", spent_ms(search, RUNS))


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.timeout(300)
@pytest.mark.rule("APPT-3d")
def test_the_search_takes_less_than_50_ms_and_every_page_less_than_100(world, full, client_of, client):
    """Three years of appointments take long to write: they are written once for both."""
    assert half_a_year_is_searched(world) < SEARCH_MS
    case = world.alice_case.ref
    one = Appointment.objects.filter(case=world.alice_case).upcoming(timezone.now()).first()
    ahead = (timezone.localdate() + dt.timedelta(days=14)).isoformat()
    free = slots.free_times(world.alice_case, 60, at=timezone.now())[0].isoformat().replace("+", "%2B")
    pages = [
        ("clinician's home, Today", "amara", "/home/"),
        ("week", "amara", reverse("therapy:week")),
        ("a week ahead", "amara", f"{reverse('therapy:week')}?week={ahead}"),
        ("list", "amara", reverse("therapy:my-appointments")),
        ("list, page 100", "amara", f"{reverse('therapy:my-appointments')}?page=100"),
        ("appointments of a case", "amara", reverse("therapy:appointments", args=[case])),
        ("an appointment", "amara", reverse("therapy:appointment", args=[one.ref])),
        ("offer", "amara", reverse("therapy:offer", args=[case])),
        ("series", "amara", reverse("therapy:series", args=[case])),
        ("move", "amara", reverse("therapy:moving", args=[one.ref])),
        ("hours", "amara", reverse("clinicians:availability")),
        ("hours by the half hour", "amara", reverse("clinicians:exact-hours")),
        ("patient's home", "alice", "/home/"),
        ("week", "alice", reverse("therapy:week")),
        ("list", "alice", reverse("therapy:my-appointments")),
        ("free times", "alice", reverse("therapy:times", args=[case])),
        ("book a time", "alice", f"{reverse('therapy:choosing', args=[case])}?start={free}&how=typed-60"),
        ("other times", "alice", reverse("therapy:other-times", args=[one.ref])),
        ("calendar feed", "amara", reverse("therapy:feed-file", args=[feeds.open_feed(cast.user_of(world.amara))])),
    ]
    slow = {}
    for name, who, url in pages:
        reader = client_of(getattr(world, who)) if "feed" not in name else client
        assert reader.get(url).status_code == 200, name
        times = spent_ms(lambda reader=reader, url=url: reader.get(url), RUNS)
        median = row_of(name, who, times)
        if median >= PAGE_MS:
            slow[name] = median
    assert not slow
