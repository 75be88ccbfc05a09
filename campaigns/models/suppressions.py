"""Addresses that must never be written to. Only the hash of an address is kept."""

import hashlib

from django.db import models
from django.utils.translation import gettext_lazy as _


def address_hash(address: str) -> str:
    """Return the SHA-256 of an address as we compare it: trimmed and in lower case."""
    return hashlib.sha256(address.strip().lower().encode()).hexdigest()


class SuppressionQuerySet(models.QuerySet):
    def covering(self, addresses) -> set[str]:
        """Return those of `addresses` that are suppressed."""
        by_hash = {address_hash(address): address for address in addresses if address}
        found = self.filter(address_hash__in=list(by_hash)).values_list("address_hash", flat=True)
        return {by_hash[each] for each in found}


class Suppression(models.Model):
    """One address that is out, whoever it belongs to."""

    class Reason(models.TextChoices):
        BOUNCED = "bounced", _("the address does not exist")
        COMPLAINED = "complained", _("complained about a message")
        ASKED = "asked", _("asked never to be written to")
        OFFICE = "office", _("entered by the office")

    address_hash = models.CharField(max_length=64, unique=True)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason.choices)
    source = models.CharField(_("source"), max_length=200, blank=True)
    at = models.DateTimeField(_("since"))

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suppression")
        verbose_name_plural = _("suppressions")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.address_hash[:12]} ({self.get_reason_display()})"
