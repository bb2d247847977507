"""Doors of the public referral, of the batches and of a case's referral."""

from django.urls import path

from intake.referrals import batch_views, case_views, views

urlpatterns = [
    path("referral/", views.start, name="referral-start"),
    path("referral/summary/", views.summary, name="referral-summary"),
    path("referral/elsewhere/", views.elsewhere, name="referral-elsewhere"),
    path("referral/sent/", views.sent, name="referral-sent"),
    path("referral/<slug:page>/", views.page, name="referral-page"),
    path("referrals/batches/", batch_views.batch_list, name="batches"),
    path("referrals/batches/<uuid:batch>/", batch_views.batch, name="batch"),
    path("referrals/batches/<uuid:batch>/loading/", batch_views.loading, name="batch-loading"),
    path("referrals/batches/<uuid:batch>/bad-rows/", batch_views.bad_rows, name="batch-bad-rows"),
    path("cases/<case:case>/referral/", case_views.referral, name="referral"),
    path("cases/<case:case>/withdrawal/", case_views.withdrawal, name="withdrawal"),
]
