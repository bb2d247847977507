"""Doors of appointments."""

from django.urls import path

from therapy.appointments import calendar_views, choosing_views, followup_views, moving_views, series_views, views

urlpatterns = [
    path("appointments/<uuid:appointment>/follow-up/", followup_views.follow_up, name="follow-up"),
    path("appointments/<uuid:appointment>/correction/", followup_views.correction, name="correction"),
    path("appointments/", views.my_appointments, name="my-appointments"),
    path("appointments/week/", calendar_views.week, name="week"),
    path("appointments/<uuid:appointment>/", views.appointment, name="appointment"),
    path("appointments/<uuid:appointment>/confirmation/", views.confirmation, name="confirmation"),
    path("appointments/<uuid:appointment>/decline/", views.decline, name="decline"),
    path("appointments/<uuid:appointment>/cancellation/", views.cancellation, name="cancellation"),
    path("appointments/<uuid:appointment>/withdrawal/", views.withdrawal, name="withdrawal"),
    path("appointments/<uuid:appointment>/keeping/", views.keeping, name="keeping"),
    path("cases/<case:case>/appointments/", views.case_appointments, name="appointments"),
    path("appointments/<uuid:appointment>/moving/", moving_views.moving_page, name="moving"),
    path("appointments/<uuid:appointment>/other-times/", moving_views.other_times, name="other-times"),
    path("appointments/<uuid:appointment>/other-times/booking/", moving_views.other_time, name="other-time"),
    path("cases/<case:case>/appointments/series/", series_views.offer_series, name="series"),
    path("cases/<case:case>/appointments/new/", views.offer, name="offer"),
    path("cases/<case:case>/times/", choosing_views.free_times, name="times"),
    path("cases/<case:case>/times/booking/", choosing_views.choosing_page, name="choosing"),
]
