"""Doors of calendar feeds."""

from django.urls import path

from therapy.feeds import views

urlpatterns = [
    path("calendar/", views.feed_page, name="feed"),
    path("calendar/<str:token>.ics", views.feed_file, name="feed-file"),
    path("appointments/<uuid:appointment>/appointment.ics", views.appointment_file, name="appointment-file"),
]
