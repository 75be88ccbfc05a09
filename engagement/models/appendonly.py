"""Rows that record a fact: written once, never changed, never deleted in the ordinary way."""

from django.db import models

from engagement.errors import AppendOnly


class AppendOnlyQuerySet(models.QuerySet):
    def update(self, **kwargs):
        raise AppendOnly(
            f"{self.model._meta.verbose_name_plural} record facts and cannot be changed. "
            f"Add a new one instead."
        )

    def delete(self):
        raise AppendOnly(
            f"{self.model._meta.verbose_name_plural} record facts and cannot be deleted."
        )


class AppendOnlyModel(models.Model):
    """Base of append-only tables. Erasure of a person goes through `registry.privacy` only."""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise AppendOnly(
                f"This {self._meta.verbose_name} records a fact and cannot be changed. "
                f"Add a new one instead."
            )
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise AppendOnly(f"This {self._meta.verbose_name} records a fact and cannot be deleted.")
