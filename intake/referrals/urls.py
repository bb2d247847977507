"""Doors of the public referral and of the batches."""

from django.urls import path

from intake.referrals import views

urlpatterns = [
    path("referral/", views.start, name="referral-start"),
    path("referral/summary/", views.summary, name="referral-summary"),
    path("referral/elsewhere/", views.elsewhere, name="referral-elsewhere"),
    path("referral/sent/", views.sent, name="referral-sent"),
    path("referral/<slug:page>/", views.page, name="referral-page"),
]
