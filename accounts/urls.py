"""Doors."""

from django.urls import path

from accounts import devices, lock, preferences, reasons, views, zones

app_name = "accounts"
urlpatterns = [
    path("account/", views.security, name="security"),
    path("account/preferences/", preferences.preferences, name="preferences"),
    path("account/time-zone/", zones.time_zone, name="time-zone"),
    path("account/devices/", devices.devices, name="devices"),
    path("account/devices/others/end/", devices.end_others, name="end-others"),
    path("account/devices/<uuid:device>/end/", devices.end_device, name="end-device"),
    path("account/lock/", lock.lock, name="lock"),
    path("account/lock/still-here/", lock.still_here, name="still-here"),
    path("account/lock/removal/", lock.unlocking, name="unlocking"),
    path("invitation/new-link/", views.new_link, name="new-link"),
    path("invitation/<str:uidb64>/<str:token>/", views.invitation, name="invitation"),
    path("demo/sign-in/", views.demo_sign_in, name="demo-sign-in"),
    path("access/reason/", reasons.give_reason, name="reason"),
    path("access/reasons/", reasons.reasons, name="reasons"),
]
