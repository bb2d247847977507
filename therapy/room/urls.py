"""Doors of the room."""

from django.urls import path

from therapy.room import beside_views, looking_views, strip_views, views

urlpatterns = [
    path("appointments/<uuid:appointment>/joining/", views.joining, name="joining"),
    path("sessions/<uuid:session>/", views.room, name="room"),
    path("sessions/<uuid:session>/lines/", views.lines, name="lines"),
    path("sessions/<uuid:session>/files/", views.shared, name="shared-files"),
    path("sessions/<uuid:session>/beat/", views.beat, name="beat"),
    path("sessions/<uuid:session>/leaving/", views.leaving, name="leaving"),
    path("sessions/<uuid:session>/draft/", views.draft, name="draft"),
    path("sessions/<uuid:session>/now/", strip_views.strip, name="strip"),
    path("sessions/<uuid:session>/waiting/", strip_views.waiting_line, name="waiting"),
    path("sessions/<uuid:session>/confidentiality/", strip_views.statement, name="confidentiality"),
    path("sessions/<uuid:session>/confidentiality/posting/", strip_views.posting, name="confidentiality-posting"),
    path("sessions/<uuid:session>/confidentiality/answer/", strip_views.answer, name="confidentiality-answer"),
    path("sessions/<uuid:session>/confidentiality/seen/", strip_views.seen, name="confidentiality-seen"),
    path("sessions/<uuid:session>/beside/<slug:part>/", beside_views.part, name="beside"),
    path("sessions/<uuid:session>/templates/<slug:template>/", beside_views.template, name="beside-template"),
    path("sessions/<uuid:session>/questionnaires/", beside_views.questionnaire, name="beside-questionnaire"),
    path("appointments/<uuid:appointment>/look-in/", looking_views.look_in, name="look-in"),
    path("appointments/<uuid:appointment>/look-in/asking/", looking_views.asking, name="look-in-asking"),
    path("appointments/<uuid:appointment>/look-in/withdrawing/", looking_views.withdrawing, name="look-in-withdrawing"),
    path("appointments/<uuid:appointment>/look-in/answering/", looking_views.answering, name="look-in-answering"),
    path("sessions/<uuid:session>/looking/", looking_views.watching, name="looking"),
    path("sessions/<uuid:session>/looking/lines/", looking_views.watched_lines, name="looking-lines"),
    path("sessions/<uuid:session>/end/", views.end, name="end"),
    path("sessions/<uuid:session>/transcript/", views.transcript, name="transcript"),
    path("sessions/<uuid:session>/lines/<int:seq>/error/", views.sent_in_error, name="sent-in-error"),
]
