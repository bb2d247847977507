from django.apps import AppConfig


class TherapyConfig(AppConfig):
    name = "therapy"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import access
        from therapy.appointments import assessed, first, reviews
        from therapy.appointments import deadlines as appointments
        from therapy.enclosures import files, links, questionnaires
        from therapy.engagement import deadlines as engagement
        from therapy.homework import enclosing as homework
        from therapy.messages import deadlines as messages
        from therapy.messages.inbox import unread_of
        from therapy.notes import deadlines as notes
        from therapy.room import deadlines as room
        from therapy.room import looking, signing_out
        from therapy.sheets import enclosing as sheets
        from therapy.together import deadlines as together
        from ui.navigation import count_with

        appointments.register()
        engagement.register()
        reviews.register()
        first.register()
        assessed.register()
        files.register()
        homework.register()
        questionnaires.register()
        links.register()
        sheets.register()
        together.register()
        messages.register()
        notes.register()
        count_with("therapy:messages", unread_of, asks="therapy:unread-count", about="messages", words="new")
        room.register()
        signing_out.register()
        access.register("case", "looking_in", looking.looking_in)
