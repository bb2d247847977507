"""Doors of the room."""

from django.urls import path

from therapy.room import views

urlpatterns = [
    path("appointments/<uuid:appointment>/joining/", views.joining, name="joining"),
    path("sessions/<uuid:session>/", views.room, name="room"),
    path("sessions/<uuid:session>/lines/", views.lines, name="lines"),
    path("sessions/<uuid:session>/beat/", views.beat, name="beat"),
    path("sessions/<uuid:session>/draft/", views.draft, name="draft"),
    path("sessions/<uuid:session>/end/", views.end, name="end"),
    path("sessions/<uuid:session>/transcript/", views.transcript, name="transcript"),
    path("sessions/<uuid:session>/lines/<int:seq>/error/", views.sent_in_error, name="sent-in-error"),
]
