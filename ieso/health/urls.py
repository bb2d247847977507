from django.urls import path

from ieso.health import views

app_name = "health"
urlpatterns = [
    path("livez", views.livez, name="livez"),
    path("healthz", views.healthz, name="healthz"),
    path("status/", views.status, name="status"),
    path("status/<str:name>", views.status, name="status-file"),
]
