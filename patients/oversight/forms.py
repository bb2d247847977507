"""Naming a clinician's supervisor."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from accounts.models import Role, User
from clinicians.actions import can_supervise
from clinicians.models import Clinician


class PersonField(forms.ModelChoiceField):
    """People by their names; who is no supervisor yet says so."""

    def label_from_instance(self, obj: Any) -> str:
        supervises = any(grant.role == Role.SUPERVISOR for grant in obj.roles.all())
        return obj.name if supervises else f"{obj.name} (becomes a supervisor)"


class SupervisorForm(forms.Form):
    """Who supervises a clinician from now on."""

    mark_optional = False

    supervisor = PersonField(
        label="Who supervises them?",
        queryset=User.objects.none(),
        empty_label="Choose somebody",
        help_text="A clinician who becomes a supervisor keeps their own cases.",
        error_messages={"required": "Choose who supervises them", "invalid_choice": "Choose somebody from the list"},
    )

    def __init__(self, clinician: Clinician, data: Any = None) -> None:
        named = clinician.supervised_by
        super().__init__(data, initial={"supervisor": named.pk if named else None})
        cast(PersonField, self.fields["supervisor"]).queryset = can_supervise(clinician).prefetch_related("roles")
