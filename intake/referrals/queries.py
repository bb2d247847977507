"""What the pages read about referrals (REF-10)."""

from __future__ import annotations

from dataclasses import dataclass

from patients.models import Case


@dataclass(frozen=True)
class Standing:
    """Where a referral stands, what happens next and roughly when, and whether the patient can still withdraw it."""

    now: str
    next: str
    can_withdraw: bool = False


TO_ANSWER = Standing(
    "We have your referral. Before we can go on, please tell us more about yourself.",
    "When you have sent your answers, we look at them within a few working days, to see if we can help.",
    can_withdraw=True,
)
ANSWERED = Standing(
    "We have your referral and your answers. Your part is done for now.",
    "If we asked you something, it waits for you here. Then we decide, usually within a few working days.",
    can_withdraw=True,
)
STANDINGS = {
    "in_triage": Standing(
        "We have your referral and your answers. Nobody reads them at once: if you need help sooner, call your GP or "
        "111.",
        "We look at them within a few working days, to see if we can help, and you hear from us by e-mail. "
        "Your therapist reads them all on the day of your first appointment.",
        can_withdraw=True,
    ),
    "waiting": Standing(
        "You have been accepted. We are looking for a therapist who is free when you are.",
        "Most people start within 6 weeks of their referral. You hear from us by e-mail as soon as somebody is found.",
        can_withdraw=True,
    ),
    "allocated": Standing(
        "You have a therapist.",
        "Your therapist writes to you within 48 hours. Then you find a time for your first appointment.",
    ),
    "assessment": Standing(
        "You are getting to know your therapist.", "In your first appointments you decide together what helps you best."
    ),
    "treatment": Standing("You are in treatment.", "You agree your next appointments with your therapist."),
    "on_hold": Standing("Your therapy is paused.", "Write to your therapist when you want to go on."),
    "discharging": Standing("Your therapy is coming to its end.", "You find your last letter here when it is ready."),
    "discharged": Standing(
        "Your therapy with us has ended.", "You can read what you both wrote, and your letters, at any time."
    ),
    "declined": Standing(
        "We cannot offer you therapy this time.", "We wrote to you about who can help you better. Your GP can help too."
    ),
    "signposted": Standing(
        "We passed you on to a service that fits better.", "We wrote to you about it. Your GP can help too."
    ),
    "withdrawn": Standing("Your referral was withdrawn.", "You can refer yourself again at any time."),
}


def where_it_stands(case: Case) -> Standing:
    """Return where the case stands, in words for the patient (REF-10)."""
    if case.state != "referred":
        return STANDINGS[case.state]
    assessment = getattr(case, "self_assessment", None)
    return ANSWERED if assessment and assessment.completed_at else TO_ANSWER
