from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    name = "supervision"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import access
        from supervision import deadlines, relations

        access.register("case", "supervisee", relations.holder)
        deadlines.register_kinds()
