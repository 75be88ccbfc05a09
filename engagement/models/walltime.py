"""A column for what the clock on the wall shows, without any zone."""

from datetime import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

INPUT_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"]


class WallTimeInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self, attrs=None):
        super().__init__(attrs=attrs, format="%Y-%m-%dT%H:%M")


class WallTimeFormField(forms.DateTimeField):
    """Reads "2026-12-08T10:00" and leaves it alone: no zone is put on it."""

    widget = WallTimeInput
    input_formats = INPUT_FORMATS

    def prepare_value(self, value):
        return value

    def to_python(self, value):
        if value in self.empty_values:
            return None
        if isinstance(value, datetime):
            return value.replace(tzinfo=None)
        for pattern in INPUT_FORMATS:
            try:
                return datetime.strptime(str(value).strip(), pattern)
            except ValueError:
                continue
        raise ValidationError(_("Write date and time as 2026-12-08 10:00."), code="invalid")


class WallTimeField(models.Field):
    """A naive datetime. Stored as a timestamp without time zone; never converted."""

    description = _("time on the wall clock")

    def get_internal_type(self) -> str:
        return "WallTimeField"

    def db_type(self, connection) -> str:
        return "timestamp" if connection.vendor == "postgresql" else "datetime"

    def from_db_value(self, value, expression, connection):
        return self.to_python(value)

    def to_python(self, value):
        if value is None or value == "":
            return None
        if isinstance(value, datetime):
            return value.replace(tzinfo=None)
        parsed = parse_datetime(str(value))
        if parsed is None:
            raise ValidationError(_("Write date and time as 2026-12-08 10:00."), code="invalid")
        return parsed.replace(tzinfo=None)

    def get_prep_value(self, value):
        return self.to_python(super().get_prep_value(value))

    def get_db_prep_value(self, value, connection, prepared=False):
        value = self.get_prep_value(value)
        if value is None or connection.vendor == "postgresql":
            return value
        return value.isoformat(sep=" ", timespec="seconds")

    def value_to_string(self, obj) -> str:
        value = self.value_from_object(obj)
        return "" if value is None else value.isoformat()

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": WallTimeFormField, **kwargs})
