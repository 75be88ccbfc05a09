from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class SurveysConfig(AppConfig):
    name = "surveys"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from surveys.protection import guards

        pre_migrate.connect(guards.lift, sender=self, dispatch_uid="surveys.guards.lift")
        post_migrate.connect(guards.install, sender=self, dispatch_uid="surveys.guards")
