"""The door of a demonstration: sign in as anybody by one click, on this machine alone."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from accounts.addresses import is_from_this_machine
from accounts.models import Role, User


def is_open(request: HttpRequest) -> bool:
    """Tell whether the door is there: demo mode, asked from this machine, no proxy between."""
    return settings.DEMO and is_from_this_machine(request)


def people_by_role() -> list[tuple[str, list[User]]]:
    """Return the people of each role that has any, for the list on the sign-in page."""
    people = User.objects.filter(is_active=True).prefetch_related("roles").order_by("name", "pk")
    held = [(user, {grant.role for grant in user.roles.all()}) for user in people]
    groups = [(role.label, [user for user, roles in held if role in roles]) for role in Role]
    return [(label, users) for label, users in groups if users]
