"""Doors of what both work on in a session."""

from django.urls import path

from therapy.together import summary_views, views

OF_A_POINT = "appointments/<uuid:appointment>/agenda/points/<uuid:point>"

urlpatterns: list = [
    path("appointments/<uuid:appointment>/agenda/", views.agenda, name="agenda"),
    path("appointments/<uuid:appointment>/agenda/panel/", views.panel, name="agenda-panel"),
    path("appointments/<uuid:appointment>/agenda/points/", views.points, name="agenda-points"),
    path(f"{OF_A_POINT}/ticking/", views.ticking, name="agenda-ticking"),
    path(f"{OF_A_POINT}/place/", views.place, name="agenda-place"),
    path(f"{OF_A_POINT}/removal/", views.removal, name="agenda-removal"),
    path("appointments/<uuid:appointment>/agreed/", views.agreed, name="agreed-homework"),
    path("appointments/<uuid:appointment>/agreeing/", views.agreeing, name="agree-homework"),
    path("appointments/<uuid:appointment>/summary/", summary_views.summary, name="session-summary"),
    path("appointments/<uuid:appointment>/summary/draft/", summary_views.draft, name="session-summary-draft"),
    path("appointments/<uuid:appointment>/summary/again/", summary_views.again, name="session-summary-again"),
    path("appointments/<uuid:appointment>/summary/back/", summary_views.back, name="session-summary-back"),
    path("appointments/<uuid:appointment>/summary/note/", summary_views.note, name="session-summary-note"),
]
