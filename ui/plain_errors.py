"""Django's own messages about a field, in words that name the field and say what to do."""

from collections.abc import Callable

from django import forms
from django.core.exceptions import ValidationError

CHOICES = (forms.Select, forms.RadioSelect, forms.CheckboxSelectMultiple)


def missing(field: forms.Field, label: str) -> str:
    if isinstance(field.widget, forms.CheckboxInput):
        return f"Tick “{label}” to go on."
    if isinstance(field.widget, forms.FileInput):
        return f"Choose a file for “{label}”."
    if isinstance(field.widget, CHOICES):
        return f"Choose an answer to “{label}”."
    return f"Fill in “{label}”."


def too_long(field: forms.Field, label: str) -> str:
    return f"“{label}” is too long. Use {getattr(field, 'max_length', 0)} characters or fewer."


def too_short(field: forms.Field, label: str) -> str:
    return f"“{label}” is too short. Use {getattr(field, 'min_length', 0)} characters or more."


def invalid(field: forms.Field, label: str) -> str:
    if isinstance(field, forms.EmailField):
        return f"“{label}” needs an e-mail address like name@example.org."
    if isinstance(field, forms.IntegerField):
        return f"“{label}” needs a number."
    return f"“{label}” could not be read. Check it and try again."


def not_offered(field: forms.Field, label: str) -> str:
    return f"Choose one of the answers offered for “{label}”."


WORDINGS: dict[str, Callable[[forms.Field, str], str]] = {
    "required": missing,
    "max_length": too_long,
    "min_length": too_short,
    "invalid": invalid,
    "invalid_choice": not_offered,
    "invalid_pk_value": not_offered,
    "null_characters_not_allowed": invalid,
}


def is_djangos_own(field: forms.Field, error: ValidationError) -> bool:
    """True unless the form's author has given the field words of their own for this error."""
    if error.code in ("max_length", "min_length", "null_characters_not_allowed"):
        return True
    if error.code == "invalid" and isinstance(field, forms.EmailField):
        return str(error.message) == "Enter a valid email address."
    defaults: dict[str, str] = {}
    for kind in reversed(type(field).__mro__):
        if kind.__module__.startswith("django."):
            defaults.update(getattr(kind, "default_error_messages", {}))
    return str(error.message) == str(defaults.get(str(error.code), ""))


def plainly(field: forms.Field, label: str, error: ValidationError) -> str | ValidationError:
    """The error in plain words, or as it is where its author chose the words."""
    wording = WORDINGS.get(str(error.code))
    if wording is None or not is_djangos_own(field, error):
        return error
    return wording(field, label)
