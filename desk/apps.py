from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "desk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from deadlines import watching
        from desk.tasks import number_owed, ring
        from ui.navigation import count_with

        watching.listen(ring)
        count_with("desk:home", number_owed, asks="desk:number-owed", about="tasks", words="to do")
