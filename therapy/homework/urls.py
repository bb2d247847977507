"""Doors of homework."""

from django.urls import path

from therapy.homework import views

urlpatterns: list = [
    path("cases/<case:case>/homework/", views.homework, name="homework"),
    path("cases/<case:case>/homework/new/", views.new, name="new-homework"),
    path("homework/<uuid:homework>/report/", views.report, name="homework-report"),
    path("homework/<uuid:homework>/taking-back/", views.taking_back, name="take-homework-back"),
    path("homework/<uuid:homework>/asking-again/", views.asking_again, name="ask-for-homework-again"),
]
