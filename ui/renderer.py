"""How every Django form of the project is drawn: the NHS design system's markup, decided once."""

from copy import copy
from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.forms.utils import ErrorList
from django.forms.widgets import Input

from ui.dates import PARTS
from ui.fields import DatePartsWidget
from ui.plain_errors import plainly

INPUT_CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.HiddenInput, ""),
    (forms.FileInput, "nhsuk-file-upload"),
    (forms.CheckboxInput, "nhsuk-checkboxes__input"),
    (forms.Textarea, "nhsuk-textarea"),
    (forms.RadioSelect, ""),
    (forms.CheckboxSelectMultiple, ""),
    (forms.Select, "nhsuk-select"),
    (Input, "nhsuk-input"),
)


def css_class(widget: forms.Widget, *, in_error: bool) -> str:
    """The class of a widget's control, with the modifier for an error; empty for widgets drawn as groups."""
    for kind, name in INPUT_CLASSES:
        if isinstance(widget, kind):
            return f"{name} {name}--error" if name and in_error else name
    return ""


class BoundField(forms.BoundField):
    """A field that knows how it wants to be laid out."""

    @property
    def errors(self) -> ErrorList:
        """The field's errors, Django's own among them in words that name the field and say what to do."""
        found = super().errors
        if not found:
            return found
        plain = copy(found)
        plain.data = [plainly(self.field, str(self.label), error) for error in found.as_data()]
        return plain

    @property
    def is_single_checkbox(self) -> bool:
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def is_heading(self) -> bool:
        """True where the form says (`heading_field`) that this field's label is the page's own heading."""
        return getattr(self.form, "heading_field", None) == self.name

    @property
    def is_optional(self) -> bool:
        """True where the label should say "(optional)". Forms and fields may set `mark_optional = False`."""
        wanted = getattr(self.field, "mark_optional", getattr(self.form, "mark_optional", True))
        said = "optional" in str(self.label).lower()
        return wanted and not self.field.required and not self.is_single_checkbox and not said

    @property
    def counts_to(self) -> int | None:
        """The number of characters a text area takes, shown beneath it; None where there is no limit."""
        if not isinstance(self.field.widget, forms.Textarea):
            return None
        limit = getattr(self.field, "max_length", None)
        return int(limit) if limit else None

    @property
    def wrong_parts(self) -> tuple[str, ...]:
        """The parts of a date that are wrong, all of them where no error says which."""
        found = super().errors
        named = {part for error in found.as_data() for part in (error.params or {}).get("parts", ())}
        return tuple(part for part in PARTS if found and (part in named or not named))

    @property
    def error_target(self) -> str:
        """The id of the control that an entry of the error summary leads to."""
        if self.use_fieldset and self.subwidgets:
            first = self.subwidgets[0]
            parts = first.data.get("subwidgets")
            wrong = PARTS.index(self.wrong_parts[0]) if parts and self.wrong_parts else 0
            return str(parts[wrong]["attrs"].get("id", "") if parts else first.id_for_label)
        return str(self.id_for_label or self.auto_id)

    @property
    def aria_describedby(self) -> str | None:
        described = super().aria_describedby
        if self.counts_to and self.auto_id and described is not None:
            return f"{described} {self.auto_id}_count".strip()
        return described

    def build_widget_attrs(self, attrs: Any, widget: forms.Widget | None = None) -> dict[str, Any]:
        built: dict[str, Any] = super().build_widget_attrs(attrs, widget)
        widget = widget or self.field.widget
        if isinstance(widget, DatePartsWidget):
            widget.wrong_parts = self.wrong_parts
        own = css_class(widget, in_error=bool(self.errors))
        given = built.get("class") or widget.attrs.get("class", "")
        if classes := f"{own} {given}".strip():
            built["class"] = classes
        if self.counts_to:
            built["maxlength"] = False
            built["data-count-to"] = self.counts_to
        return built


class FormRenderer(TemplatesSetting):
    """Named by the setting FORM_RENDERER; templates come from the project's own template folders first."""

    bound_field_class = BoundField
    form_template_name = "django/forms/div.html"
    field_template_name = "django/forms/field.html"
