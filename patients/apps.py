from django.apps import AppConfig


class PatientsConfig(AppConfig):
    name = "patients"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.urls import register_converter

        from accounts import access
        from notices.actions import register_phone, register_veto
        from patients.cases import relations
        from patients.cases.converters import CaseConverter
        from patients.cases.deadlines import register_kinds
        from patients.people.actions import is_kept_from, phone_for_texts

        register_converter(CaseConverter, "case")
        for name, rule in relations.RELATIONS.items():
            access.register("case", name, rule)
        access.register("case", "supervisee", relations.covering)
        register_phone(phone_for_texts)
        register_kinds()
        register_veto(is_kept_from)
