"""How a person can stand to a statement (ACC-4)."""

from django.db.models import Q


def own(user) -> Q:
    """The clinician whose statement it is."""
    return Q(clinician__user=user)
