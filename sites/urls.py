"""Doors."""

from django.urls import path

from sites import views

app_name = "sites"
urlpatterns = [
    path("sites/", views.sites, name="list"),
    path("sites/<slug:site>/", views.site_page, name="site"),
    path("sites/<slug:site>/acknowledgement/", views.acknowledge, name="acknowledge"),
    path("sites/<slug:site>/policy/", views.policy, name="policy"),
    path("sites/<slug:site>/protocol/", views.protocol, name="protocol"),
]
