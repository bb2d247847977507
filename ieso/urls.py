"""Every package writes its own whole paths; the order here is the order of the floors."""

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
    "hub",
    "accounts",
    "notices",
    "ui",
]
urlpatterns = [path("", include(f"{package}.urls")) for package in PACKAGES]
urlpatterns.append(path("", include("accounts.library_urls")))
handler500 = "ui.outages.broken"
