from django.urls import path

from ui import views

app_name = "ui"
urlpatterns = [
    path("", views.front, name="front"),
    path("help-now/", views.help_now, name="help-now"),
    path("contact/", views.contact, name="contact"),
    path("privacy/", views.privacy, name="privacy"),
    path("leave/", views.leave, name="leave"),
    path("style/", views.style, name="style"),
]
