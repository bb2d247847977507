from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "billing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import access
        from billing import pdf, relations
        from files.registry import register

        access.register("statement", "own", relations.own)
        register("statement", pdf.make)
