from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "intake"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import access
        from intake.triage import relations

        access.register("case", "unallocated", relations.decided)
