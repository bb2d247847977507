from django.apps import AppConfig


class TherapyConfig(AppConfig):
    name = "therapy"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from therapy.appointments import deadlines as appointments
        from therapy.enclosures import files
        from therapy.messages import deadlines as messages
        from therapy.notes import deadlines as notes

        appointments.register()
        files.register()
        messages.register()
        notes.register()
