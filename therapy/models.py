"""Appointments, the room and its transcript, messages, notes: one app, a folder a noun."""

from therapy.appointments.models import Appointment, AppointmentEvent, Cancellation, Correction, Move, Outcome
from therapy.connection.models import Outage, Stretch, Trouble, TroubleLook
from therapy.enclosures.models import CaseFile, Enclosure, SharedLink
from therapy.engagement.models import BreachDecision, BreachExcuse, NeverEngaged
from therapy.feeds.models import CalendarFeed
from therapy.homework.models import Homework, HomeworkReport, HomeworkTurn
from therapy.messages.models import HeldMessage, Message, MessageRead
from therapy.notes.models import Addendum, Note, NoteDraft, ProtocolDecision
from therapy.room.models import (
    ConfidentialityAnswer,
    ConfidentialityStatement,
    Line,
    LineDraft,
    LookIn,
    LookInSeat,
    LookInWord,
    Presence,
    SeenMark,
    SentInError,
    Session,
)
from therapy.sheets.models import Sheet, SheetEntry, SheetReturn
from therapy.together.models import AgendaPoint, SessionSummary
from therapy.transcripts.models import LineKey, LineMark, LineNote, TranscriptIndex

__all__ = [
    "Addendum",
    "AgendaPoint",
    "Appointment",
    "AppointmentEvent",
    "BreachDecision",
    "BreachExcuse",
    "CalendarFeed",
    "Cancellation",
    "CaseFile",
    "ConfidentialityAnswer",
    "ConfidentialityStatement",
    "Correction",
    "Enclosure",
    "HeldMessage",
    "Homework",
    "HomeworkReport",
    "HomeworkTurn",
    "Line",
    "LineDraft",
    "LineKey",
    "LineMark",
    "LineNote",
    "LookIn",
    "LookInSeat",
    "LookInWord",
    "Message",
    "MessageRead",
    "Move",
    "NeverEngaged",
    "Note",
    "NoteDraft",
    "Outage",
    "Outcome",
    "Presence",
    "ProtocolDecision",
    "SeenMark",
    "SentInError",
    "Session",
    "SessionSummary",
    "SharedLink",
    "Sheet",
    "SheetEntry",
    "SheetReturn",
    "Stretch",
    "TranscriptIndex",
    "Trouble",
    "TroubleLook",
]
