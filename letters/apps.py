from django.apps import AppConfig


class LettersConfig(AppConfig):
    name = "letters"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from files.registry import register
        from letters import enclosing, pdf

        register("letter", pdf.make)
        enclosing.register()
