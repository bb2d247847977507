"""Any Django form comes out in the design system's markup, with errors that name field and remedy."""

import re

import pytest
from django import forms

from ui.samples import SampleForm
from ui.templatetags.ui import form_errors


class Small(forms.Form):
    name = forms.CharField(label="Your name", max_length=5)
    note = forms.CharField(label="A note", required=False, widget=forms.Textarea, max_length=40)
    sure = forms.BooleanField(label="I am sure")
    mail = forms.EmailField(label="E-mail", error_messages={"required": "We need your e-mail."})
    day = forms.ChoiceField(label="A day", choices=[("mon", "Monday")], widget=forms.RadioSelect)


def ids(html):
    return re.findall(r' id="([^"]+)"', html)


def test_each_field_has_a_label_a_hint_and_the_systems_classes():
    html = str(SampleForm())
    assert '<label class="nhsuk-label nhsuk-label--s" for="id_name">What should we call you?</label>' in html
    assert 'id="id_name_helptext">Any name you like to be called.</div>' in html
    assert re.search(r'<input type="text" name="name"[^>]*aria-describedby="id_name_helptext"', html)
    assert 'class="nhsuk-input"' in html
    assert "E-mail address (optional)" in html
    assert html.count("<fieldset") == 3


def test_ids_are_unique_and_every_description_exists():
    html = str(SampleForm({"born_day": "31"}))
    assert len(ids(html)) == len(set(ids(html)))
    described = {name for names in re.findall(r'aria-describedby="([^"]+)"', html) for name in names.split()}
    assert described <= set(ids(html))


def test_the_errors_lead_to_their_controls():
    form = SampleForm({"born_day": "31", "born_month": "Feb", "born_year": "1984"})
    controls = set(ids(str(form)))
    entries = form_errors(form)
    assert len(entries) == 6
    assert all(entry["target"] in controls for entry in entries)


def test_errors_name_the_field_and_say_what_to_do():
    form = Small({"name": "too long", "note": "", "mail": "nothing", "day": "tue"})
    said = {name: form[name].errors[0] for name in form.errors}
    assert said == {
        "name": "“Your name” is too long. Use 5 characters or fewer.",
        "sure": "Tick “I am sure” to go on.",
        "mail": "“E-mail” needs an e-mail address like name@example.org.",
        "day": "Choose one of the answers offered for “A day”.",
    }


def test_words_chosen_by_the_forms_author_stay():
    form = Small({"name": "Ann"})
    assert form["mail"].errors == ["We need your e-mail."]
    assert form["day"].errors == ["Choose an answer to “A day”."]


def test_what_was_typed_is_kept_and_cannot_break_out():
    html = str(Small({"name": '"><b>', "note": "</textarea><b>"}))
    assert "<b>" not in html
    assert "&quot;&gt;&lt;b&gt;" in html


def test_a_text_area_says_how_much_it_takes():
    html = str(Small())
    assert "You can write up to 40 characters." in html
    assert 'data-count-to="40"' in html
    assert "maxlength" not in re.search("<textarea[^>]*>", html)[0]


def test_a_question_may_be_the_heading_of_its_page():
    class Question(Small):
        heading_field = "name"

    assert re.search(r'<h1 class="nhsuk-label-wrapper">\s*<label[^>]*nhsuk-label--l', str(Question()))


@pytest.mark.parametrize("field", ["name", "mail"])
def test_a_control_in_error_is_marked_for_eyes_and_readers(field):
    html = str(Small({}))
    control = re.search(rf'<input[^>]*name="{field}"[^>]*>', html)[0]
    assert "nhsuk-input--error" in control
    assert 'aria-invalid="true"' in control
    assert f"id_{field}_error" in control
