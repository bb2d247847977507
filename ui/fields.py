"""Form fields of our own."""

from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from ui.dates import PARTS, NotADate, read_date
from ui.words import day as in_words

WIDTHS = {"day": 2, "month": 5, "year": 4}


class DatePartsWidget(forms.MultiWidget):
    """Three small boxes for day, month and year; the names end in `_day`, `_month` and `_year`."""

    template_name = "ui/widgets/date_parts.html"
    use_fieldset = True
    wrong_parts: Collection[str] = ()  # these boxes are drawn as wrong

    def __init__(self, birthday: bool = False, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({part: self.box(part, birthday) for part in PARTS}, attrs)

    @staticmethod
    def box(part: str, birthday: bool) -> forms.TextInput:
        attrs = {"class": f"nhsuk-input nhsuk-date-input__input nhsuk-input--width-{WIDTHS[part]}"}
        if part != "month":
            attrs["inputmode"] = "numeric"
        if birthday:
            attrs["autocomplete"] = f"bday-{part}"
        return forms.TextInput(attrs)

    def decompress(self, value: date | None) -> list[str]:
        return [str(value.day), str(value.month), str(value.year)] if value else ["", "", ""]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        for part, widget in zip(PARTS, context["widget"]["subwidgets"], strict=True):
            widget["label"] = part.capitalize()
            if part in self.wrong_parts:
                widget["attrs"] |= {"class": f"{widget['attrs']['class']} nhsuk-input--error", "aria-invalid": "true"}
        return context


class DateParts(forms.Field):
    """A date in three boxes, the month also as a word. Cleans to a `date`, or None where it may be left out.

    `subject` begins the sentences of the errors ("Your date of birth"); `earliest` and `latest` are functions that
    return the first and last day allowed, asked at the time of cleaning.
    """

    def __init__(
        self,
        *,
        subject: str = "The date",
        birthday: bool = False,
        earliest: Callable[[], date] | None = None,
        latest: Callable[[], date] | None = None,
        **options: Any,
    ) -> None:
        options.setdefault("widget", DatePartsWidget(birthday))
        options.setdefault("help_text", "For example, 15 3 1984")
        options.setdefault("error_messages", {"required": f"{subject} is missing. Enter a day, a month and a year."})
        super().__init__(**options)
        self.subject, self.earliest, self.latest = subject, earliest, latest

    def to_python(self, value: Any) -> date | None:
        if not value or isinstance(value, date):
            return value or None
        try:
            return read_date(*(part or "" for part in value))
        except NotADate as error:
            wrong = {"parts": error.parts}
            found = [ValidationError(f"{self.subject} {words}.", "invalid", wrong) for words in error.complaints]
            raise ValidationError(found) from None

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value and self.earliest and value < self.earliest():
            raise ValidationError(f"{self.subject} must be {in_words(self.earliest())} or later.", code="too_early")
        if value and self.latest and value > self.latest():
            raise ValidationError(f"{self.subject} must be {in_words(self.latest())} or earlier.", code="too_late")

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True
