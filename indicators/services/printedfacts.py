"""Saving what a framework's document prints about itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from indicators.errors import ChangedMeanwhile, NotAllowed
from indicators.frameworks import digest
from indicators.models import Framework
from indicators.services.frameworks import save_with_history


@transaction.atomic
def save_printed_facts(
    *, framework: Framework, facts: Mapping[str, Any], seen: str, by: Any, at: datetime
) -> bool:
    """Keep the facts in the place of those with the digest `seen`; False where they are equal.

    Raises NotAllowed, and ChangedMeanwhile when somebody else has saved other facts since.
    """
    if not (by.is_active and by.has_perm("indicators.change_framework")):
        raise NotAllowed(_("Printed figures are kept by those who may edit the framework."))
    held = Framework.objects.select_for_update().get(pk=framework.pk)
    if digest(held.printed_facts) != seen:
        raise ChangedMeanwhile(
            _(
                "Somebody else saved the printed figures of “%(framework)s” while this form was "
                "open; nothing of yours was saved. Open it again to see what they are now."
            )
            % {"framework": held}
        )
    if held.printed_facts == facts:
        return False
    held.printed_facts = dict(facts)
    save_with_history(held, by=by, at=at, fields=["printed_facts"])
    return True
