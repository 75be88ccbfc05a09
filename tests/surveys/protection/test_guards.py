"""The database's own rules give way while its tables change, and stand again afterwards."""

import pytest
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import IntegrityError, connection, models, transaction

from surveys.models import Response, Wave
from tests.surveys.factories import make_response, make_wave

pytestmark = pytest.mark.django_db(transaction=True)


def test_tables_of_a_wave_with_responses_can_be_changed_and_are_guarded_again():
    wave = make_wave()
    make_response(wave=wave)
    emit_post_migrate_signal(0, False, "default")
    column = models.CharField(max_length=10, default="")
    column.set_attributes_from_name("colour")

    emit_pre_migrate_signal(0, False, "default")
    with connection.schema_editor() as editor:
        editor.add_field(Response, column)
    with connection.schema_editor() as editor:
        editor.remove_field(Response, column)
    emit_post_migrate_signal(0, False, "default")

    other = next(value for value in Wave.Anonymity.values if value != wave.anonymity)
    with pytest.raises(IntegrityError, match="cannot change"), transaction.atomic():
        Wave.objects.filter(pk=wave.pk).update(anonymity=other)
