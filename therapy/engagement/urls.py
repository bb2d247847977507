"""Doors of engagement."""

from django.urls import path

from therapy.engagement import views

urlpatterns: list = [
    path("cases/<case:case>/engagement/", views.engagement, name="engagement"),
    path("cases/<case:case>/engagement/settlement/", views.settlement, name="engagement-settled"),
    path("appointments/<uuid:appointment>/excuse/", views.excuse, name="breach-excuse"),
    path("appointments/<uuid:appointment>/decision/", views.decision, name="breach-decision"),
]
