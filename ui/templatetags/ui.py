"""What templates may say about times, money and references."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import template
from django.forms import BaseForm
from django.utils import timezone

from ui import words
from ui.colours import INKS, SHADES

register = template.Library()


@register.filter
def local_time(value: datetime | None) -> str:
    """An aware moment as "Tue 24 November 2026, 7:00pm" in the viewer's zone; empty for None."""
    return words.moment(timezone.localtime(value)) if value else ""


@register.filter
def local_clock(value: datetime | time | None) -> str:
    """Only the time of day, "7:00pm"; a moment's in the viewer's zone, a bare time of day as it is; empty for None."""
    if value is None:
        return ""
    return words.clock(timezone.localtime(value) if isinstance(value, datetime) else value)


@register.filter
def local_day(value: datetime | date | None) -> str:
    """Only the day, "Tue 24 November 2026"; a moment's day is the day in the viewer's zone."""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return words.day(value) if value else ""


@register.simple_tag
def viewer_zone() -> str:
    """The viewer's time zone in words where it is not the UK's, "Paris time"; empty where it is (APPT-8)."""
    zone = timezone.get_current_timezone()
    return "" if zone == timezone.get_default_timezone() else f"{zone_place(str(zone))} time"


@register.filter
def zone_place(name: str) -> str:
    """A time zone's place as people write it: "Buenos Aires" of "America/Argentina/Buenos_Aires"."""
    return words.zone_place(name)


@register.simple_tag
def current_zone() -> str:
    """The name of the zone in which times are shown, for scripts that show some as well."""
    return timezone.get_current_timezone_name()


@register.filter
def iso(value: datetime | None) -> str:
    """The machine-readable twin for `<time datetime="">`, UTC; empty for None."""
    return value.astimezone(timezone.get_default_timezone()).isoformat() if value else ""


@register.filter
def time_left(value: datetime | None, now: datetime | None = None) -> str:
    """How far away a moment is: "in 3 days", "in 20 minutes", "2 hours ago"; `now` is the clock if not given."""
    return words.distance(value - (now or timezone.now())) if value else ""


@register.filter
def length_of(value: timedelta | None) -> str:
    """A duration in words, "1 hour 30 minutes"; empty for None."""
    return words.duration(value) if value is not None else ""


@register.filter
def pence(value: int | None) -> str:
    """Whole pence as pounds, "£44.83", "-£5.00"; empty for None."""
    return words.pounds(value) if value is not None else ""


@register.filter
def case_reference(value: object) -> str:
    """A case reference in the groups in which it is read out on the phone."""
    return words.grouped(str(value))


@register.filter
def chart_ink(line_number: int) -> str:
    """The colour of a chart's line by its number, counted from 1; it begins again after the last."""
    return INKS[(line_number - 1) % len(INKS)]


@register.filter
def chart_shade(band_number: int) -> str:
    """The colour of a chart's band by its shade, counted from 1."""
    return SHADES[min(band_number, len(SHADES)) - 1]


@register.simple_tag
def form_errors(form: BaseForm) -> list[dict[str, Any]]:
    """The entries of the error summary: `message` and `target`, the id of the control (empty for the whole form)."""
    entries = [{"message": message, "target": ""} for message in form.non_field_errors()]
    for field in form:
        target = getattr(field, "error_target", field.auto_id)
        entries += [{"message": message, "target": target} for message in field.errors]
    return entries
