"""Who did what to the surveys: an append-only record that nobody can change or delete."""

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def visible_to(self, user) -> "AuditEntryQuerySet":
        """Entries this user may read; nobody reads any by default."""
        if user.is_active and user.has_perm("surveys.view_auditentry"):
            return self
        return self.none()

    def update(self, **_columns) -> int:
        raise PermissionDenied(_("What the audit log says cannot be changed."))

    def delete(self):
        raise PermissionDenied(_("What the audit log says cannot be deleted."))

    def bulk_update(self, *_args, **_kwargs) -> int:
        raise PermissionDenied(_("What the audit log says cannot be changed."))


class AuditEntry(models.Model):
    """One deed: who, what, to which survey or wave, when, and why.

    Names stand as they stood at that moment, as text: an entry outlives the wave and the account
    it speaks of. Databases refuse changes too, see `surveys.protection.guards`.
    """

    class Action(models.TextChoices):
        CREATED = "created", _("created")
        EDITED = "edited", _("edited")
        DELETED = "deleted", _("deleted")
        MOVED = "moved", _("moved to another state")
        EXPORTED = "exported", _("exported")
        EXCLUDED = "excluded", _("excluded responses")
        REVERTED = "reverted", _("took an exclusion back")
        PUBLISHED = "published", _("published")
        QUOTA = "quota", _("changed a quota")
        INVITED = "invited", _("invited")
        IMPORTED = "imported", _("imported responses")
        RETAINED = "retained", _("removed identities")

    action = models.CharField(_("what"), max_length=12, choices=Action.choices)
    subject = models.CharField(_("what it was done to"), max_length=240)
    survey_code = models.CharField(_("survey"), max_length=40, blank=True)
    wave_token = models.CharField(max_length=32, blank=True, db_index=True)
    who = models.CharField(_("who"), max_length=200, blank=True)
    words = models.TextField(_("details"), blank=True)
    data = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField(_("when"), db_index=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of the audit log")
        verbose_name_plural = _("audit log")
        ordering = ["-at", "-pk"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.who}: {self.get_action_display()}, {self.subject}"

    def save(self, **kwargs) -> None:
        if self.pk is not None:
            raise PermissionDenied(_("What the audit log says cannot be changed."))
        super().save(**kwargs)

    def delete(self, **_kwargs):
        raise PermissionDenied(_("What the audit log says cannot be deleted."))
