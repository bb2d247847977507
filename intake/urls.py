"""Doors of intake, noun by noun."""

from intake.allocation.urls import urlpatterns as allocation
from intake.referrals.urls import urlpatterns as referrals
from intake.selfassessment.urls import urlpatterns as selfassessment
from intake.triage.urls import urlpatterns as triage

app_name = "intake"
urlpatterns = [*referrals, *selfassessment, *triage, *allocation]
