"""Times, durations and money in the words the pages use. Pure functions; the caller chooses the zone."""

from datetime import date, datetime, time, timedelta

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

CLOSE_ENOUGH_TO_NOW = timedelta(seconds=30)


def clock(value: datetime | time) -> str:
    """The time of day as written in England: "7:00pm", "midday", "midnight"."""
    if value.minute == 0 and value.hour in (0, 12):
        return "midday" if value.hour else "midnight"
    return f"{value.hour % 12 or 12}:{value:%M}{'pm' if value.hour >= 12 else 'am'}"


def day(value: date) -> str:
    """A day as "Tue 24 November 2026"."""
    return f"{value:%a} {value.day} {value:%B %Y}"


def birthday(value: date) -> str:
    """A day on which the weekday tells nobody anything: "15 March 1984"."""
    return f"{value.day} {value:%B %Y}"


def moment(value: datetime) -> str:
    """A day and a time of day: "Tue 24 November 2026, 7:00pm"."""
    return f"{day(value.date())}, {clock(value)}"


def counted(number: int, noun: str) -> str:
    """A number with its noun: "1 day", "2 days"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def duration(value: timedelta) -> str:
    """A length of time to the minute: "50 minutes", "1 hour 30 minutes", "2 days 1 hour". Never negative."""
    minutes = max(0, value // MINUTE)
    days, minutes = divmod(minutes, DAY // MINUTE)
    hours, minutes = divmod(minutes, 60)
    parts = [counted(days, "day")] if days else []
    parts += [counted(hours, "hour")] if hours else []
    if minutes and not days:
        parts.append(counted(minutes, "minute"))
    return " ".join(parts) or "less than a minute"


def distance(value: timedelta) -> str:
    """How far off something is, in its largest unit: "in 3 days", "in 20 minutes", "2 hours ago", "now"."""
    if abs(value) < CLOSE_ENOUGH_TO_NOW:
        return "now"
    size = abs(value)
    if size >= DAY:
        words = counted(size // DAY, "day")
    elif size >= HOUR:
        words = counted(size // HOUR, "hour")
    else:
        words = counted(max(1, round(size / MINUTE)), "minute")
    return f"in {words}" if value > timedelta(0) else f"{words} ago"


def pounds(pence: int) -> str:
    """Whole pence as "£1,044.83"; a minus sign goes before the pound sign."""
    sign = "-" if pence < 0 else ""
    return f"{sign}£{abs(pence) // 100:,}.{abs(pence) % 100:02d}"


def grouped(reference: str, size: int = 4) -> str:
    """A reference in groups of four; one that already has hyphens or spaces is left as it is."""
    if "-" in reference or " " in reference:
        return reference
    return " ".join(reference[start : start + size] for start in range(0, len(reference), size))


def zone_place(name: str) -> str:
    """A time zone's place as people write it: "Buenos Aires" of "America/Argentina/Buenos_Aires"."""
    return name.rsplit("/", 1)[-1].replace("_", " ")
