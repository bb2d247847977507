"""The pages of a self-referral, one group of questions each, in their order (REF-1)."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.utils import timezone

from intake.referrals import rules
from intake.referrals.fields import Grid, Read, Suggested, choice
from patients.people.identity import read_name, read_nhs_number, read_phone, read_postcode
from ui.fields import DateParts

LONGEST_REASON = 3000
LONGEST_NEEDS = 1000
YES_NO = [("yes", "Yes"), ("no", "No")]


class Page(forms.Form):
    """One page; `given` is what the page needs to know of the others and of the site."""

    title = ""
    lead = ""

    def __init__(self, *arguments: Any, site: Any = None, practices: list[str] | None = None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.site, self.practices = site, practices or []
        self.prepare()

    def prepare(self) -> None:
        """Fit the fields to the site."""


class Eligibility(Page):
    title = "First, can we help you?"
    lead = "We ask these three things to see if our service covers you."
    date_of_birth = DateParts(
        label="What is your date of birth?",
        subject="Your date of birth",
        birthday=True,
        earliest=lambda: timezone.localdate() - dt.timedelta(days=365 * rules.OLDEST_AGE),
        latest=timezone.localdate,
    )
    postcode = Read(
        label="What is your home postcode?",
        subject="Your postcode",
        reader=read_postcode,
        widget=forms.TextInput({"autocomplete": "postal-code", "class": "nhsuk-input--width-10"}),
    )
    gp_practice = forms.CharField(
        label="What is the name of your GP practice?",
        help_text="The surgery where you see a doctor. Type some letters, and choose it where it is shown. "
        "We will not contact them without asking you.",
        max_length=120,
        widget=Suggested(),
        error_messages={"required": "The name of your GP practice is missing."},
    )

    def prepare(self) -> None:
        self.fields["gp_practice"].widget.suggestions = self.practices


class Name(Page):
    title = "What is your name?"
    first_name = Read(
        label="First name",
        subject="Your first name",
        reader=read_name,
        widget=forms.TextInput({"autocomplete": "given-name"}),
    )
    last_name = Read(
        label="Last name",
        subject="Your last name",
        reader=read_name,
        widget=forms.TextInput({"autocomplete": "family-name"}),
    )
    preferred_name = Read(
        label="What would you like us to call you?",
        help_text="If it is different from your first name.",
        subject="The name we call you",
        reader=read_name,
        required=False,
    )
    pronouns = forms.CharField(
        label="Your pronouns", help_text="For example she/her, he/him or they/them.", max_length=40, required=False
    )


class Contact(Page):
    title = "How can we reach you?"
    lead = "We use these only for your care."
    phone = Read(
        label="Phone number",
        help_text="We call only if we are worried about you, or about an appointment.",
        subject="Your phone number",
        reader=read_phone,
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel", "class": "nhsuk-input--width-20"}),
    )
    address = forms.CharField(
        label="Home address",
        help_text="You do not need to repeat your postcode.",
        max_length=300,
        widget=forms.Textarea({"rows": 3, "autocomplete": "street-address"}),
        error_messages={"required": "Your home address is missing."},
    )
    emergency_contact = forms.CharField(
        label="Somebody we may call in an emergency",
        help_text="Their name, phone number and who they are to you.",
        max_length=200,
        required=False,
    )


class NhsNumber(Page):
    title = "Do you know your NHS number?"
    lead = "It has 10 digits. You find it on letters from the NHS. If you do not have it at hand, go on without it."
    nhs_number = Read(
        label="NHS number",
        help_text="For example, 999 123 4560",
        subject="The NHS number",
        unreadable="This is not a valid NHS number. Check it, or leave the box empty.",
        reader=read_nhs_number,
        required=False,
        widget=forms.TextInput({"inputmode": "numeric", "class": "nhsuk-input--width-20", "autocomplete": "off"}),
    )


class Reason(Page):
    title = "What brings you here?"
    lead = "In your own words, as much or as little as you like."
    reason = forms.CharField(
        label="What would you like help with?",
        help_text="For example: worry, low mood, panic, sleep. How does it affect your days?",
        max_length=LONGEST_REASON,
        widget=forms.Textarea({"rows": 8}),
        error_messages={"required": "Write a few words about what brings you here."},
    )


class Hours(Page):
    title = "When could you have appointments?"
    lead = "Tick every time that could work. The more you tick, the sooner we find somebody."
    wished_hours = forms.MultipleChoiceField(
        label="Times that could work",
        choices=list(rules.WISHES.items()),
        widget=Grid,
        error_messages={"required": "Tick at least one time."},
    )


class Way(Page):
    title = "How would you like to talk?"
    lead = "Most people type: you and your therapist write to each other at a set time, live, in private."
    modality = choice("Typed or video", list(rules.MODALITIES.items()), "Choose how you would like to talk.")

    def prepare(self) -> None:
        bought = self.site.modalities if self.site else []
        modality = cast(forms.ChoiceField, self.fields["modality"])
        modality.choices = [(key, label) for key, label in rules.MODALITIES.items() if key in bought]


class Needs(Page):
    title = "Is there anything we should know to make this work for you?"
    lead = "You can leave all of these empty."
    mark_optional = False
    access_needs = forms.CharField(
        label="Anything that makes reading, writing or using a screen hard",
        help_text="For example dyslexia, poor sight, a hearing loss, or needing longer to type.",
        max_length=LONGEST_NEEDS,
        required=False,
        widget=forms.Textarea({"rows": 4}),
    )
    language = forms.CharField(
        label="A language you would rather use", help_text="If it is not English.", max_length=40, required=False
    )
    clinician_gender = choice(
        "Would you rather have a woman or a man as your therapist?",
        list(rules.GENDER_WISHES.items()),
        "",
        required=False,
        initial="",
    )


class Safe(Page):
    title = "What are safe ways to contact you?"
    lead = "Think of who else might see your post, your phone or your e-mail."
    email = forms.EmailField(
        label="Which e-mail address may we use?",
        help_text="Choose one that only you read. Our e-mails say that something waits for you, never what.",
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": "Your e-mail address is missing.",
            "invalid": "Enter an e-mail address like name@example.org.",
        },
    )
    text = choice("May we send text messages to your phone?", YES_NO, "Choose yes or no for text messages.")
    voicemail = choice("May we leave a voicemail?", YES_NO, "Choose yes or no for voicemail.")
    post = choice("May we post letters to your home?", YES_NO, "Choose yes or no for letters.")


class Gp(Page):
    title = "May we tell your GP?"
    lead = (
        "We would tell your GP practice that you have therapy with us, and write to them at the start and at the end. "
        "You can say no, and you can change your mind. If your life is in danger we may have to tell somebody."
    )
    gp = choice("May we tell your GP that you have therapy with us?", YES_NO, "Choose yes or no.")


class Research(Page):
    title = "May we learn from your therapy?"
    lead = (
        "We study what helps people, without names or anything that shows who they are. This is separate from your "
        "care: you get the same care if you say no."
    )
    research = choice(
        "May we use your information in this way, without your name?", YES_NO, "Choose yes or no.", required=False
    )


class Terms(Page):
    title = "How this works"
    terms = forms.BooleanField(
        label="I have read this and I agree",
        error_messages={"required": "Tick the box if you agree. We cannot go on without it."},
    )


PAGES: dict[str, type[Page]] = {
    "eligibility": Eligibility,
    "name": Name,
    "contact": Contact,
    "nhs-number": NhsNumber,
    "reason": Reason,
    "hours": Hours,
    "way": Way,
    "needs": Needs,
    "safe": Safe,
    "gp": Gp,
    "research": Research,
    "terms": Terms,
}
