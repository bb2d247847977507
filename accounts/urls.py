"""Doors."""

from django.urls import path

from accounts import preferences, reasons, views, zones

app_name = "accounts"
urlpatterns = [
    path("account/", views.security, name="security"),
    path("account/preferences/", preferences.preferences, name="preferences"),
    path("account/time-zone/", zones.time_zone, name="time-zone"),
    path("invitation/new-link/", views.new_link, name="new-link"),
    path("invitation/<str:uidb64>/<str:token>/", views.invitation, name="invitation"),
    path("demo/sign-in/", views.demo_sign_in, name="demo-sign-in"),
    path("access/reason/", reasons.give_reason, name="reason"),
    path("access/reasons/", reasons.reasons, name="reasons"),
]
