"""The templates that we ship: slug -> (title, text). They become version 1; the clinical lead takes them from there.

Short sentences, everyday words, nobody blamed. Every one says what happens next and how to say no.
"""

HELP_NOW = (
    "If you need help before then, call 111 and choose the mental health option. You can also call Samaritans on "
    "116 123, day or night. If your life is in danger, call 999."
)

TEMPLATES: dict[str, tuple[str, str]] = {
    "welcome": (
        "Welcome",
        """Hello {preferred_name},

I am {clinician_name}, and I will be your therapist. I am glad that you are here. It takes courage to ask for help.

Here is how we will work. We meet online and write to each other, live, at a time that suits you. You can be at home, and nobody needs to hear you. Between our sessions you can write to me here whenever you like. I will answer within {reply_hours} hours.

The next step is our first session. Please open "Appointments" and pick a time, or write to me and say when you are free.

If you need to cancel a session, please tell me at least {notice_hours} hours before it starts. Then I can give the time to somebody else.

Is there anything that would make this easier for you? Just tell me.

"""
        + HELP_NOW
        + """

I look forward to meeting you.

{clinician_name}""",
    ),
    "booking_reminder": (
        "Shall we find a time?",
        """Hello {preferred_name},

I wrote to you a few days ago and have not heard from you yet. That is fine. Starting can be the hardest part.

I would still like to help. Please open "Appointments" and pick a time for our first session. Or just write me one line. "Yes", "not yet" or "I have a question" is enough.

If I have not heard from you by {answer_by}, I will take it that now is not the right time. Our team will then close your case. You can always come back to us later.

If something stands in the way, tell me and we will look for a way round it. You can also phone our team on {patient_services_phone}.

{clinician_name}""",
    ),
    "first_appointment": (
        "Our first session",
        """Hello {preferred_name},

Our first session is on {appointment_time} (UK time). It lasts {appointment_minutes} minutes.

Please confirm it under "Appointments" by {confirm_by}. If nobody confirms it, the time goes to somebody else.

On the day:
- Find a quiet place where you can write without being watched.
- Sign in a few minutes early. The room opens 15 minutes before we start.
- Fill in the short questions beforehand if you can. They show us where you are now.

We will talk about what brings you here and what you would like to change. You do not need to prepare anything. You decide what you tell me.

If you cannot come, please cancel by {cancel_by}. You can do it under "Appointments" or by writing to me.

See you then.

{clinician_name}""",
    ),
    "post_assessment": (
        "What happens next",
        """Hello {preferred_name},

Thank you for talking with me so openly. I know that it can be hard to put these things into words.

This is what you can expect from here:
- We meet about once a week, at the same time if that suits you.
- Each week we choose one thing to work on together.
- You will try small steps between sessions. They are the part that helps most.
- Before each session I ask you to fill in a few short questions. They tell us both if this is working.

If something does not help, please say so. We can change how we work at any time.

If you need to cancel, please do it at least {notice_hours} hours before we start.

You can write to me here between sessions. I will answer within {reply_hours} hours.

{clinician_name}""",
    ),
    "confidentiality": (
        "What stays between us",
        """Hello {preferred_name},

Before we begin, I want you to know what happens with what you tell me.

What you write stays private. I can read it, and so can my supervisor, who helps me to do my job well. Our team can see your details so that they can look after your case. We keep our record safe, as every NHS service must. Your GP gets a short letter only if you agreed to that.

There is one time when I may have to tell somebody else. That is when I think that you, a child or another person may come to serious harm. I would talk with you first if I can.

You can ask to see what we hold about you at any time. Just write to me, or phone {patient_services_phone}.

Is there anything that you would like to ask about this?

{clinician_name}""",
    ),
    "waiting": (
        "I am here",
        """Hello {preferred_name},

I am in the room and ready when you are. Our session started at {appointment_time}. I will wait for {wait_minutes} minutes.

If you have trouble getting in, load the page again, or phone our team on {patient_services_phone}.

{clinician_name}""",
    ),
    "new_patient_risk": (
        "I would like to check how you are",
        """Hello {preferred_name},

I have read what you told us. Some of it makes me want to know that you are safe. Thank you for being so honest about it. Many people have thoughts like these, and they can get better with help.

Could you please write back to me by {answer_by} and tell me how you are today? I would also like to meet you soon. Please pick a time under "Appointments", or tell me when you are free.

I do not see messages straight away. So please do not wait for me if things get worse:
- If your life is in danger or you have hurt yourself, call 999 or go to A&E.
- Call 111 and choose the mental health option. It is open day and night.
- Call Samaritans on 116 123. It is free, day and night.
- Text SHOUT to 85258.
- See your GP today if you can.

Is there somebody near you whom you trust? It can help to tell them how you feel.

{clinician_name}""",
    ),
    "engagement_prompt": (
        "Shall we find a new time?",
        """Hello {preferred_name},

I have not heard from you for a while, and I have been thinking of you. I hope that you are all right.

I would like to go on with our work, if you would. Please open "Appointments" and pick a time, or write to me and say when you are free.

Sometimes life gets in the way. Sometimes the therapy itself does not feel right. Both are fine to say. If we know what makes it hard, we can often change it: another time of day, shorter steps, or a different way to work.

One line from you is enough.

{clinician_name}""",
    ),
    "engagement": (
        "Would you like to go on?",
        """Hello {preferred_name},

I wrote to you a week ago and have not heard from you. I hope that you are safe and well.

I would like to know if you want to go on. Please write to me or pick a time under "Appointments" within the next 7 days, by {answer_by}. Any answer will do, even a short one.

If I do not hear from you, I will write once more. Your case may then be closed on {discharge_date}.

If this is not the right time for you, that is all right. You can tell me so, and you can come back to us later.

"""
        + HELP_NOW
        + """

{clinician_name}""",
    ),
    "discharge": (
        "Before I close your case",
        """Hello {preferred_name},

I have written to you a few times and have not heard back. So I think that now may not be the right time for you. That is all right.

I plan to close your case on {discharge_date}. If you would like to go on, please write to me by {answer_by}. One word is enough, and then I will not close it.

After that you can still sign in and read our sessions and messages. If you want to come back one day, you can ask for help again. You can do that here, through your GP, or by phone on {patient_services_phone}.

"""
        + HELP_NOW
        + """

I wish you all the best.

{clinician_name}""",
    ),
    "first_dna_engaged": (
        "I missed you today",
        """Hello {preferred_name},

We had a session on {appointment_time}, and I waited for {wait_minutes} minutes. You have put a lot into our work so far, so I want to check that you are all right.

Could you tell me what happened? Then we can find a time that works better. Please pick one under "Appointments", or write to me by {answer_by}.

I need to tell you our rule as well. If a session is missed, or cancelled less than {notice_hours} hours before it starts, it counts. After a second one we have to look at whether therapy can go on. Nothing is decided before we have talked about it.

I hope to hear from you soon.

{clinician_name}""",
    ),
    "first_dna_new": (
        "We missed each other",
        """Hello {preferred_name},

We had a session on {appointment_time}. I waited for {wait_minutes} minutes and did not see you. I hope that you are all right.

It can feel hard to begin, and many people put it off. If you are not sure about this, we can talk about that first. You do not have to say much.

Please pick a new time under "Appointments", or write to me by {answer_by}.

Here is our rule. If a session is missed, or cancelled less than {notice_hours} hours before it starts, it counts. After a second one we have to look at whether therapy can go on now. You can always ask for help again later.

Can I do anything to make it easier for you to come? You can also phone our team on {patient_services_phone}.

{clinician_name}""",
    ),
    "second_dna_engaged": (
        "Can we talk about how to go on?",
        """Hello {preferred_name},

Our session on {appointment_time} did not take place. I hope that you are all right.

You have worked hard and I would like you to get the most from this. This was the second session that was missed or cancelled late. So we now need to decide together if and how therapy can go on.

Please write to me by {answer_by} and tell me two things. What made it hard to come? And would you like to go on? If you would, we will look for a plan that fits your life.

If I do not hear from you, your case may be closed on {discharge_date}. You could still come back later.

{clinician_name}""",
    ),
    "second_dna_new": (
        "Is now the right time for you?",
        """Hello {preferred_name},

Our session on {appointment_time} did not take place. I hope that you are all right.

This was the second session that was missed or cancelled late. It makes me wonder if now is the right time for you. There is no wrong answer. Some people want to start later, and some need another kind of help.

Please write to me by {answer_by} and tell me what you would like. If you want to go on, tell me what would help you to come.

If I do not hear from you, your case may be closed on {discharge_date}. You can ask for help again at any time: here, through your GP, or by phone on {patient_services_phone}.

"""
        + HELP_NOW
        + """

{clinician_name}""",
    ),
    "late_cancellation": (
        "Your session was cancelled late",
        """Hello {preferred_name},

Thank you for telling me that you could not come on {appointment_time}. I hope that things are all right with you.

You told us less than {notice_hours} hours before the start. I could not give the time to anybody else, so it counts as a late cancellation. After two sessions that were missed or cancelled late, we have to look at whether therapy can go on. We would talk about it first.

If there was a good reason, please tell me. I can take that into account.

Would you like a new time? Please pick one under "Appointments", or write to me by {answer_by}.

{clinician_name}""",
    ),
    "session_cancelled": (
        "Shall we find another time?",
        """Hello {preferred_name},

Our session on {appointment_time} will not take place. This does not count against you.

Please open "Appointments" and pick a new time, or write to me and say when you are free. I would like to see you soon so that we can keep going.

{clinician_name}""",
    ),
    "session_aborted": (
        "Our session was cut short",
        """Hello {preferred_name},

I am sorry that our session on {appointment_time} broke off. The connection did not hold. This does not count against you.

Nothing you wrote is lost. You can read it all on your page.

Please pick a new time under "Appointments", or write to me and say when you are free. If it happens again, our team can help you on {patient_services_phone}.

How are you after today? Write to me if something is on your mind.

{clinician_name}""",
    ),
}
