from django.apps import AppConfig
from django.db.models import Q


class CliniciansConfig(AppConfig):
    name = "clinicians"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import access, sign_ins
        from clinicians.clocks import deciding_on
        from clinicians.deadlines import register_kinds
        from clinicians.idle import minutes_of

        register_kinds()
        sign_ins.register_policy(minutes_of)

        access.register("clinician", "own", lambda user: Q(user=user))
        access.register("clinician", "supervisee", lambda user: Q(supervisor=user))
        access.register("clinician", "supervisee", deciding_on)
