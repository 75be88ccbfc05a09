"""What the provider tells us, and how fast we may talk to it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProviderEvent(models.Model):
    """A webhook's fact, stored raw before anything is made of it."""

    natural_key = models.CharField(max_length=64, unique=True)
    provider = models.CharField(max_length=20, default="mailjet")
    event = models.CharField(max_length=20)
    custom_id = models.CharField(max_length=64, blank=True, db_index=True)
    occurred_at = models.DateTimeField(null=True)
    payload = models.JSONField()
    received_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True, db_index=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("event of the provider")
        verbose_name_plural = _("events of the provider")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.event} {self.custom_id}"


class RateBucket(models.Model):
    """Tokens per transport, one per batch; in the database, so that a restart forgets nothing."""

    name = models.CharField(max_length=40, unique=True)
    tokens = models.FloatField()
    filled_at = models.DateTimeField()

    class Meta:
        verbose_name = _("rate bucket")
        verbose_name_plural = _("rate buckets")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
