"""Which questionnaire versions belong into a wave's table."""

from __future__ import annotations

from surveys.exports.columns import Alignment
from surveys.models import Questionnaire, Response, Wave


def alignment_of(wave: Wave) -> Alignment:
    """The common table of every version that the wave uses or has responses of."""
    versions = Questionnaire.objects.filter(survey_id=wave.survey_id)
    used = [
        version
        for version in versions
        if version.pk == wave.questionnaire_id
        # Asked one by one: an index answers that, a distinct over all responses reads them all.
        or Response.objects.filter(wave=wave, questionnaire=version).exists()
    ]
    return Alignment({version.number: version.definition for version in used})
