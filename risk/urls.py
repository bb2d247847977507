"""Doors."""

from django.urls import path

from risk import views

app_name = "risk"
urlpatterns = [
    path("alerts/", views.alerts, name="alerts"),
    path("alerts/<uuid:alert>/", views.alert, name="alert"),
    path("cases/<case:case>/risk/", views.case_risk, name="case"),
    path("cases/<case:case>/risk/handover/", views.handover, name="handover"),
]
