"""Doors of pay."""

from django.urls import path

from billing import views

app_name = "billing"
urlpatterns = [
    path("pay/", views.finance, name="finance"),
    path("pay/mine/", views.mine, name="mine"),
    path("pay/months/<slug:month>/", views.month, name="month"),
    path("pay/months/<slug:month>/drafts/", views.drafts, name="drafts"),
    path("pay/months/<slug:month>/<uuid:clinician>/", views.preview, name="preview"),
    path("pay/months/<slug:month>/<uuid:clinician>/draft/", views.draft, name="draft"),
    path("pay/months/<slug:month>/<uuid:clinician>/issue/", views.issue, name="issue"),
    path("pay/statements/<uuid:statement>/", views.statement, name="statement"),
    path("pay/statements/<uuid:statement>/confirmation/", views.confirmation, name="confirmation"),
    path("pay/statements/<uuid:statement>/pdf/", views.pdf, name="pdf"),
]
