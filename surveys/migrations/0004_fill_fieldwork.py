"""Fills what 0003 added for rows that exist: short columns of responses, consent wordings."""

from django.db import migrations

BATCH = 1000


def fill(apps, schema_editor):
    Response = apps.get_model("surveys", "Response")
    Wave = apps.get_model("surveys", "Wave")
    ConsentWording = apps.get_model("surveys", "ConsentWording")
    batch = []

    def write():
        Response.objects.bulk_update(batch, ["device", "seconds"])
        batch.clear()

    for response in Response.objects.only("paradata").iterator(chunk_size=BATCH):
        response.device = str(response.paradata.get("device") or "")[:10]
        durations = response.paradata.get("seconds", {}).values()
        response.seconds = round(sum(durations)) if durations else None
        batch.append(response)
        if len(batch) == BATCH:
            write()
    write()
    ConsentWording.objects.bulk_create(
        ConsentWording(
            wave=wave,
            version=wave.consent_version,
            wording=wave.consent_wording,
            since=wave.opens_at or wave.created_at,
        )
        for wave in Wave.objects.only(
            "consent_version", "consent_wording", "opens_at", "created_at"
        )
    )


class Migration(migrations.Migration):
    dependencies = [("surveys", "0003_fieldwork")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
