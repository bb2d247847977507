"""Every message the platform can send (ACC-7).

A notice says that something waits and names the case reference only: never a name, never a clinical word, and a
subject that tells nothing to somebody looking over the shoulder (ACC-19). Its words may hold {case_ref}, {link} and
{service}, nothing else; a test renders each one. `text` is the short form for a phone, empty where none is sent.
"""

from dataclasses import dataclass
from typing import Any

SERVICE = "ieso"


@dataclass(frozen=True)
class Notice:
    """The words of one notice and how it goes out.

    `opens_account`: whoever holds its link gets in, so it is forgotten once sent. `group` (a key of GROUPS): people may
    switch it off or leave it to one channel; empty for what everybody is told. `reminder`: goes out by day only
    (TIME-22). `urgent`: goes out at once, whatever quiet hours say.
    """

    subject: str
    body: str
    text: str = ""
    opens_account: bool = False
    group: str = ""
    reminder: bool = False
    urgent: bool = False


@dataclass(frozen=True)
class Group:
    """Notices that are switched on and off together (ACC-17): their words on the page, and for whom they are."""

    label: str
    for_patients: bool = False
    for_staff: bool = False


GROUPS: dict[str, Group] = {
    "messages": Group("A message waits for me", for_patients=True, for_staff=True),
    "offers": Group("A time is offered to me", for_patients=True),
    "day_before": Group("The day before an appointment", for_patients=True),
    "hour_before": Group("One hour before an appointment", for_patients=True),
    "letters": Group("A new letter is on my page", for_patients=True),
    "answers": Group("A patient confirmed or declined a time", for_staff=True),
    "due_soon": Group("Something of mine is due soon", for_staff=True),
    "tickets": Group("Somebody wrote on a ticket of mine, or closed it", for_staff=True),
}


CLOSING = """
If you did not expect this, you need do nothing. Nobody reads replies to this address.
"""


def waiting(subject: str, sentence: str, **how: Any) -> Notice:
    """The usual form: one sentence, the reference, the link; `how` are further fields of the notice."""
    body = f"Hello,\n\n{sentence}\n\nReference: {{case_ref}}\n{{link}}\n{CLOSING}"
    return Notice(subject, body, **how)


def about_sign_in(subject: str, sentence: str) -> Notice:
    """A notice about the account itself: no case stands behind it."""
    return Notice(subject, f"Hello,\n\n{sentence}\n\n{{link}}\n{CLOSING}", opens_account=True, urgent=True)


NOTICES: dict[str, Notice] = {
    # People
    "invitation": waiting(
        "Your account is ready to set up",
        "This is from {service}: you asked us to be in touch, or somebody asked us for you. You can now set up your "
        "account. The link works once, within 14 days.",
        opens_account=True,
    ),
    "invitation_again": about_sign_in(
        "A new link for your account",
        "Here is a new link to set up your account with {service}. It works once, within 14 days.",
    ),
    "password_reset": about_sign_in(
        "Choose a new password",
        "Somebody, we hope you, asked for a new password for {service}. Follow the link to choose it.",
    ),
    "email_confirmation": about_sign_in(
        "Confirm your e-mail address",
        "Please confirm that this e-mail address is yours. You can then sign in to {service}.",
    ),
    "sign_in_changed": about_sign_in(
        "The way you sign in has changed",
        "The password or the second step of your account with {service} was changed just now. If this was not you, "
        "choose a new password at once and tell us.",
    ),
    "sign_in_attempts": about_sign_in(
        "Somebody tried to sign in to your account",
        "Somebody tried many wrong passwords on your account with {service} today. Your account is not locked. If your "
        "password is easy to guess, choose a new one.",
    ),
    "new_device": Notice(
        "A sign-in on a new device",
        "Hello,\n\nSomebody signed in to your account with {service} on a device that we do not know.\n\n"
        "If this was you, you need do nothing. If it was not, sign that device out on the page below and choose a new "
        "password at once.\n\n{link}\n\nNobody reads replies to this address.\n",
        opens_account=True,
        urgent=True,
    ),
    # Messages between patient and clinician (MSG-1)
    "message_waiting": waiting(
        "You have a new message",
        "A message waits for you. Sign in to read it.",
        text="{service}: a message waits for you. {link}",
        group="messages",
    ),
    # Timers
    "welcome_soon": waiting(
        "A first message is due soon",
        "A first message has not been sent yet and is due within 12 hours.",
        reminder=True,
        group="due_soon",
    ),
    "welcome_overdue": waiting(
        "A first message is overdue",
        "A first message was not sent in time. Please look at it.",
        reminder=True,
    ),
    "reply_overdue": waiting(
        "A reply is overdue",
        "A message has waited too long for a reply. Please look at it.",
        reminder=True,
    ),
    # Appointments and sessions (APPT)
    "appointment_offered": waiting(
        "A time has been offered to you",
        "A time has been offered to you. Sign in to confirm it or to decline it.",
        text="{service}: a time has been offered to you. {link}",
        group="offers",
    ),
    "appointment_confirmed": waiting("A time was confirmed", "A time that you offered was confirmed.", group="answers"),
    "appointment_chosen": waiting(
        "A time was chosen", "One of your free times was chosen and is confirmed.", group="answers"
    ),
    "appointment_booked": waiting(
        "Your time is booked", "The time that you chose is booked and confirmed. Sign in to see it or to change it."
    ),
    "appointment_declined": waiting("A time was declined", "A time that you offered was declined.", group="answers"),
    "appointment_confirm_soon": waiting(
        "Please confirm or decline a time",
        "A time that was offered to you waits for your answer. You can confirm or decline it for about another day. "
        "After that you can no longer do it yourself.",
        text="{service}: a time waits for your answer, please confirm or decline it today. {link}",
        reminder=True,
    ),
    "appointment_tomorrow": waiting(
        "A time in your calendar comes up",
        "You have a time in your calendar within about a day. Sign in to see when.",
        text="{service}: you have a time in your calendar within about a day. {link}",
        reminder=True,
        group="day_before",
    ),
    "appointment_soon": waiting(
        "A time in your calendar comes up soon",
        "A time in your calendar comes up soon. Sign in to see when. You can come in 15 minutes before.",
        text="{service}: a time in your calendar comes up soon. {link}",
        reminder=True,
        group="hour_before",
    ),
    "appointment_moved": waiting(
        "A time in your calendar was moved", "A time in your calendar was moved. Sign in to see the new one."
    ),
    "appointment_series_offered": waiting(
        "Some times have been offered to you",
        "Some times have been offered to you. Sign in to confirm or to decline each of them.",
        text="{service}: some times have been offered to you. {link}",
        group="offers",
    ),
    "appointment_cancelled": waiting(
        "A time was cancelled", "A time in your calendar was cancelled. Sign in to see which."
    ),
    "appointment_cancelled_today": waiting(
        "A time for today was cancelled",
        "A time for today was cancelled by us. Please reach the person it was for.",
        urgent=True,
    ),
    "appointment_unconfirmed": waiting(
        "A time has not been confirmed",
        "A time that you offered was not confirmed by its limit. Cancel it, or keep it open a little longer.",
        reminder=True,
    ),
    "appointment_lapsed": waiting("A time has lapsed", "A time was not confirmed and has lapsed. It is free again."),
    "session_left_open": waiting(
        "Something was not closed",
        "Something in your calendar is over and has no outcome yet. Please record it.",
        reminder=True,
    ),
    "note_overdue": waiting(
        "A note is overdue", "A note was not signed in time. Please write and sign it.", reminder=True
    ),
    "letter_overdue": waiting(
        "A document is overdue", "A document was not handed in in time. Please write and submit it.", reminder=True
    ),
    "agreement_asked": waiting("Something waits for your agreement", "Something needs your agreement. Please look."),
    "agreement_decided": waiting("Something was decided", "What you asked to be agreed was decided. See how."),
    "agreement_overdue": waiting(
        "An agreement is overdue", "Something still needs your agreement. Please look at it.", reminder=True
    ),
    "clinician_missed": waiting(
        "Somebody is waiting", "A time has begun and one of us is not there. Please reach the person it was for."
    ),
    "clinician_missed_own": waiting("You are expected", "A time in your calendar has begun and you are not there."),
    "follow_up_overdue": waiting(
        "Something is still to do", "A time fell through and nobody has written since.", reminder=True
    ),
    "outcome_corrected": waiting("Something was corrected", "An entry in your calendar was corrected. See the reason."),
    "look_in_asked": waiting("We have a question for you", "A question about your next time waits for your answer."),
    "look_in_agreed": waiting("You may look in", "What you were asked to look in on was agreed."),
    "session_waiting": waiting(
        "Somebody is waiting for you",
        "Somebody is waiting for you now. You are welcome also when you are late.",
        text="{service}: somebody is waiting for you now. You are welcome also when you are late. {link}",
    ),
    "confidentiality_open": waiting("Something to read", "Something was left open and waits for you to read it."),
    "technical_trouble": waiting(
        "Technical trouble was reported",
        "Somebody reported technical trouble. Please look at it now.",
        urgent=True,
    ),
    # Referrals (REF-1, REF-3)
    "referral_received": waiting(
        "We have what you sent us",
        "{service} has what you sent. We will write to you at this address about what happens next.",
    ),
    "referral_to_check": waiting(
        "Something new needs a look",
        "Something new came in and a person must sort out who it belongs to. See the admin notes.",
    ),
    # Alerts (RISK-1, TIME-12)
    "alert_raised": waiting(
        "Please look at this today",
        "Something needs your review within 48 hours.",
    ),
    "alert_waiting": waiting(
        "Still waiting for your review",
        "Something still needs your review. It is due within 24 hours.",
        reminder=True,
    ),
    "alert_overdue": waiting(
        "A review is overdue",
        "Something was not reviewed in time. Please look at it now.",
        reminder=True,
    ),
    # Further timers (TIME-13 to TIME-20)
    "report_overdue": waiting(
        "A report is overdue", "A report was not handed in in time. Please look at it now.", urgent=True
    ),
    "decision_due": waiting(
        "A decision waits for you", "Something needs your decision within 48 hours.", reminder=True
    ),
    "decision_overdue": waiting(
        "A decision is overdue", "A decision was not made in time. Please look at it now.", urgent=True
    ),
    "request_due_soon": waiting(
        "A request must be answered soon", "A request must be answered within a week.", reminder=True
    ),
    "request_overdue": waiting(
        "A request is overdue", "A request was not answered in time. Please look at it.", reminder=True
    ),
    "pause_lasts": waiting("A pause has lasted long", "A pause has lasted long. Please look at it.", reminder=True),
    "review_due": waiting("Something is due", "Something of yours is due. Please look at it.", reminder=True),
    "document_expires": waiting(
        "A document of yours runs out soon",
        "A document of yours runs out soon. Please hand in the new one.",
        reminder=True,
    ),
    "document_expired": waiting(
        "A document has run out",
        "A document has run out. Nothing new can be given out until the new one is handed in.",
        reminder=True,
    ),
    "half_year": waiting("Six months are over", "Six months are over. Please look at how they went.", reminder=True),
    # Late notes (TIME-6)
    "hold_proposed": waiting(
        "A decision waits for you", "Something needs your decision. Please look at it.", reminder=True
    ),
    "hold_overdue": waiting(
        "A decision is overdue", "Something still needs a decision. Please look at it.", reminder=True
    ),
    "hold_decided": waiting("Something was decided", "Something about your work was decided. Sign in to read it."),
    "supervisor_missing": waiting(
        "Somebody has to be named", "Something waits, and nobody is named who may decide it."
    ),
    "supervisor_named": waiting(
        "Something was decided", "Who works with whom has changed, and it is about you. Sign in to see what waits."
    ),
    # Triage and allocation (REF-6, ALLOC-5)
    "triage_question": waiting("We have a question for you", "A question waits for you. Sign in to answer it."),
    "triage_decided": waiting("There is news for you", "Something was decided. Sign in to read it."),
    "triage_answered": waiting("An answer has come", "An answer that you waited for has come."),
    "case_allocated": waiting(
        "A new case is on your list",
        "A new case is on your list. Your first message is due within 48 hours.",
    ),
    "clinician_found": waiting(
        "Good news about your request",
        "We have found somebody for you, who will write to you within 48 hours. Sign in to see who it is.",
    ),
    # Tickets (SUP-1, TIME-10, TIME-11)
    "ticket_raised": waiting("A ticket waits for you", "A new ticket waits for your answer."),
    "ticket_urgent": waiting(
        "Urgent: a ticket waits for you",
        "An urgent ticket waits for your answer. It is due within 1 hour.",
        urgent=True,
    ),
    "ticket_unanswered": waiting(
        "Urgent: a ticket has no answer", "An urgent ticket still has no answer.", urgent=True
    ),
    "ticket_post": waiting("A ticket has a new entry", "Somebody wrote on a ticket of yours.", group="tickets"),
    "ticket_closed": waiting(
        "A ticket was closed", "A ticket of yours was closed. Sign in to read how.", group="tickets"
    ),
    "ticket_overdue": waiting(
        "A ticket is overdue", "A ticket was not answered in time. Please look at it.", reminder=True
    ),
    # Pay
    "statement_issued": Notice(
        "A statement is ready for you",
        f"Hello,\n\nA new statement waits for you. Please look at it and confirm it.\n\n{{link}}\n{CLOSING}",
    ),
    # Engagement (TIME-2, TIME-3, TIME-8, TIME-9)
    "engagement_due": waiting(
        "A message is prepared for you to send",
        "A message is prepared and waits for you to read it, change it and send it.",
        reminder=True,
    ),
    "never_engaged": waiting(
        "Something has left a list", "Nobody answered, so something has left one list for another. Please look at it."
    ),
    # Letters
    "letter_submitted": waiting("Something waits for you", "A document waits to be looked at."),
    "letter_queried": waiting("Something waits for you", "A document has come back to you with a question."),
    "letter_waiting": waiting(
        "Something new is on your page", "Something new waits for you. Sign in to read it.", group="letters"
    ),
    # Ending
    "discharge_asked": waiting("Something waits for you", "An ending waits to be processed."),
}
