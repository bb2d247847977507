"""Doors."""

from django.urls import path

from supervision import views

app_name = "supervision"
urlpatterns = [
    path("tickets/", views.desk, name="desk"),
    path("tickets/mine/", views.mine, name="mine"),
    path("tickets/<uuid:ticket>/", views.ticket, name="ticket"),
    path("tickets/<uuid:ticket>/answer/", views.answer, name="answer"),
    path("tickets/<uuid:ticket>/reply/", views.reply, name="reply"),
    path("tickets/<uuid:ticket>/closing/", views.closing, name="closing"),
    path("cases/<case:case>/tickets/", views.case_tickets, name="case"),
    path("cases/<case:case>/tickets/new/<slug:type>/", views.raise_, name="raise"),
    path("cases/<case:case>/tickets/new/<slug:type>/draft/", views.ticket_draft, name="ticket-draft"),
]
