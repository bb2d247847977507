"""Who has what no one person owes: a team, and whoever leads in place of a team or person not there (TIME-21).

The one place where that is asked: what stands on a list, whose lists a change rings, and who is told by mail.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth import get_user_model
from django.db import models

from deadlines import registry, rules


def members(role: str) -> list:
    """Return the active people of a role; whoever leads where nobody has it."""
    return list(_at_work({role}) or _at_work({rules.STANDS_IN}))


def taken_up_by(user) -> set[str]:
    """Return the roles whose work is this user's: their own, and for whoever leads those that nobody has."""
    roles = set(user.role_names)
    return roles | (registry.teams() - _held()) if leads(user) else roles


def leads(user) -> bool:
    """Tell whether somebody has what nobody else is left to do."""
    return rules.STANDS_IN in user.role_names


def staff_who_left() -> models.QuerySet:
    """Return who works here no longer; patients owe what is theirs alone."""
    return get_user_model().objects.filter(is_active=False).exclude(roles__role="patient")


def on_whose_list(rows: Iterable[tuple[str, int | None]]) -> frozenset[int]:
    """Return the ids of all on whose list deadlines of (kind, owner) stand, or stood: the other way round of
    `DeadlineQuerySet.owed_by`."""
    pairs = set(rows)
    owners = {owner for _, owner in pairs if owner is not None}
    teams = {registry.whose_without_owner(kind, rules.STANDS_IN) for kind, owner in pairs if owner is None} - {""}
    if owners and staff_who_left().filter(pk__in=owners).exists():
        teams.add(rules.STANDS_IN)
    return frozenset(owners | {person.pk for team in teams for person in members(team)})


def _at_work(roles: set[str]) -> models.QuerySet:
    return get_user_model().objects.filter(is_active=True, roles__role__in=roles).distinct()


def _held() -> set[str]:
    return set(get_user_model().objects.filter(is_active=True).values_list("roles__role", flat=True))
