"""Doors of the connection."""

from django.urls import path

from therapy.connection import views

urlpatterns = [
    path("connection-check/", views.check, name="connection-check"),
    path("connection-check/echo/", views.echo, name="connection-echo"),
    path("sessions/<uuid:session>/trouble/", views.report, name="report-trouble"),
    path("troubles/", views.troubles, name="troubles"),
    path("troubles/<uuid:trouble>/", views.trouble, name="trouble"),
    path("outages/", views.outages, name="outages"),
    path("outages/<uuid:outage>/end/", views.outage_end, name="outage-end"),
    path("outages/<uuid:outage>/withdrawal/", views.outage_withdrawal, name="outage-withdrawal"),
]
