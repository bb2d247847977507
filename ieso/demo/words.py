"""What the invented people write. Of our own invention, in plain words."""

PROBLEMS = [
    "I lie awake at four going over everything that could go wrong at work. By morning I am worn out.",
    "I have stopped seeing friends. I say that I am busy, but really I cannot face it.",
    "Every ache makes me think it is something serious, and I look it up for hours.",
    "Since the accident I plan every journey so that I need not drive past that corner.",
    "I feel flat. I get through the day, but nothing is worth looking forward to.",
]
SAQ = {
    "life": {"effect": "I am late for work most days and the house is a mess. I sleep badly."},
    "tried": {"tried": "Long walks help a little.", "had_therapy": "no", "therapy": ""},
    "care": {"in_care": "no", "care": "", "medication": "None"},
    "health": {"conditions": "None", "alcohol": "weekly", "drugs": "never"},
    "children": {"children": "no", "about_children": ""},
    "goals": {"goals": "To sleep through, and to go back to the choir."},
}
SAFE = {"thoughts": "no", "attempts": "no", "from_others": "no", "to_others": "no", "safety_words": ""}
WELCOME = (
    "Hello {patient},\n\nI am {clinician} and I will be working with you. We meet here, in writing, at a time that "
    "suits you. I will send you an offer for a first appointment; please tell me if another time is better."
    "\n\n{clinician}"
)
REPLY = "Thank you, that is good to know. Evenings are best for me 🙂"
BETWEEN = [
    ("patient", "I tried the thought record on Tuesday. Harder than I expected, but I did two."),
    ("clinician", "Two is a real start. Bring them along and we will look at them together."),
]
SESSION = [
    ("clinician", "Hello {patient}, good to see you here. How has the week been?"),
    ("patient", "Hi. Up and down. Two bad nights, then a better one."),
    ("clinician", "Shall we put that on the agenda, with the thought record? Anything else for today?"),
    ("patient", "That is enough I think."),
    ("clinician", "Tell me about the better night. What was different?"),
    ("patient", "I wrote the worries down at six, as we said.\nBy ten they seemed smaller."),
    ("clinician", "So setting a time for them helped. What does that say about the worries?"),
    ("patient", "That they can wait? I never thought they could."),
    ("clinician", "That is worth keeping. For the coming week: worry time each day at six, fifteen minutes?"),
    ("patient", "Yes, I can do that."),
    ("clinician", "Good. We stop here for today. Same time next week."),
    ("patient", "Thank you, see you then."),
]
NOTE = {
    "agenda": "Review of the week, thought record, worry time.",
    "treatment": "Worry is the target problem; the formulation is of worry kept up by checking. Worry time agreed.",
    "progress": "Sleep a little better. Engaged, arrived on time, did the homework.",
    "homework": "Worry time at six each day, fifteen minutes. Patient said it fits the day.",
    "risk": "PHQ-9 item 9 scored 0. No thoughts of self-harm, no plan, no intent.",
}
LETTER = {
    "assessment": {
        "difficulties": "You told me that worry keeps you awake and that you have drawn back from people you like.",
        "plan": "We will work with cognitive behavioural therapy for worry, once a week, in writing.",
        "risk": "You told me that you have no thoughts of harming yourself. If that changes, tell somebody at once.",
        "other": "Nothing else.",
    },
    "discharge": {
        "work": "We used cognitive behavioural therapy for worry. You learned to set a time for worry and to test it.",
        "outcome": "You sleep through most nights and you are back at the choir.",
        "risk": "There was no risk at our last session.",
        "recommendations": "Keep the worry time on bad weeks, and keep the list of what helped.",
    },
}
TICKET = "We have met three times and the thought record does not catch on. What would you try next?"
TICKET_ANSWER = "Try it together in the session first, on one small worry of the day, and make it short."
CALM = (
    "Considered the answer with the person in writing. The thoughts are passive, with no plan and no intent.",
    "Safety numbers given, safety plan agreed for the first session, GP named.",
)
LEVEL = "Asked about thoughts of harm, plans, safety at home and from others; what I found fits the level."
NEW_PATIENT = {
    "problem": "Worry most of the day, about work and the family; sleeps badly.",
    "risk": "Asked; see the level set today.",
    "goals": "Fall asleep within half an hour; drive to work again.",
    "plan": "Six sessions: worry time, problem solving, sleep.",
    "question": "Would you begin with sleep or with worry?",
}

# What the two work on in a session: agenda, a sheet that both write in, homework.
AGENDA = (
    ("patient", "Why I wake up so early"),
    ("clinician", "How worry time went"),
    ("patient", "The talk with my boss"),
)
SHEET = (
    ("clinician", "situation", "Monday morning, before the team meeting."),
    ("patient", "thoughts", "They will all see that I have no idea."),
    ("patient", "feelings", "Worried, 80 out of 100."),
    ("clinician", "evidence_against", "Last week two people asked you for advice."),
)
TASK = "Write down one worry a day, and what came of it"
TASK_WHY = "So that you can see how often the worst really happens."
WORKSHEET = "Here is a diary for the week. Fill in as much as you like, and send it back when you want me to read it."
