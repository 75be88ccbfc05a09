"""Finding the registry's entry of somebody who proved an address, or making one."""

from datetime import datetime

from django.db import transaction

from engagement.models import Category, EmailAddress, Person
from engagement.registry import matching

PUBLIC = "general-public"


@transaction.atomic
def person_with_address(
    *, name: str, address: str, at: datetime, area=None, language: str = "", source: str
) -> Person:
    """Return the person this proven address belongs to; add one of category "general public" if none.

    Several people may share an office's address: then the one of that name is meant, and a new
    name is a new person. Call it only after the address was confirmed, and tell nobody which of
    the two happened.
    """
    normalised = matching.normalised_address(address)
    known = list(
        EmailAddress.objects.select_related("person")
        .filter(normalised=normalised, person__merged_into=None)
        .order_by("-is_primary", "pk")
    )
    if len(known) > 1:
        wanted = matching.folded(name)
        known = [row for row in known if matching.folded(row.person.display_name) == wanted]
    if known:
        row = known[0]
        if row.verified_at is None:
            row.verified_at = at
            row.save(update_fields=["verified_at"])
        return row.person
    category = Category.objects.filter(code=PUBLIC).first()
    person = Person.objects.create(
        display_name=name, area=area, language=language, category=category, source=source
    )
    EmailAddress.objects.create(person=person, address=address, is_primary=True, verified_at=at)
    return person
