"""How the service is reached by people who cannot or may not write on the site."""

from django.conf import settings

PATIENT_SERVICES_HOURS = "Monday to Friday, 9am to 5:30pm"


def patient_services_phone() -> str:
    """Return the one number under which patient services are rung (setting SERVICE_PHONE)."""
    return settings.SERVICE_PHONE
