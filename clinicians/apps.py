from django.apps import AppConfig
from django.db.models import Q


class CliniciansConfig(AppConfig):
    name = "clinicians"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import access
        from clinicians.deadlines import register_kinds

        register_kinds()

        access.register("clinician", "own", lambda user: Q(user=user))
        access.register("clinician", "supervisee", lambda user: Q(supervisor=user))
