"""Doors of therapy, noun by noun."""

from therapy.appointments.urls import urlpatterns as appointments
from therapy.connection.urls import urlpatterns as connection
from therapy.enclosures.urls import urlpatterns as enclosures
from therapy.engagement.urls import urlpatterns as engagement
from therapy.feeds.urls import urlpatterns as feeds
from therapy.homework.urls import urlpatterns as homework
from therapy.messages.urls import urlpatterns as messages
from therapy.notes.urls import urlpatterns as notes
from therapy.room.urls import urlpatterns as room
from therapy.sheets.urls import urlpatterns as sheets
from therapy.together.urls import urlpatterns as together
from therapy.transcripts.urls import urlpatterns as transcripts

app_name = "therapy"
urlpatterns = [
    *appointments,
    *feeds,
    *room,
    *connection,
    *messages,
    *engagement,
    *homework,
    *notes,
    *together,
    *sheets,
    *enclosures,
    *transcripts,
]
