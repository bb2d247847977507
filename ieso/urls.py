"""Every package writes its own whole paths; the order here is the order of the floors."""

from importlib.util import find_spec

from django.urls import include, path

PACKAGES = [
    "ieso.health",
    "desk",
    "billing",
    "discharge",
    "letters",
    "supervision",
    "intake",
    "therapy",
    "measures",
    "risk",
    "patients",
    "clinicians",
    "sites",
    "accounts",
    "notices",
    "ui",
]
urlpatterns = [path("", include(f"{package}.urls")) for package in PACKAGES if find_spec(f"{package}.urls")]
urlpatterns.append(path("", include("accounts.library_urls")))
