"""What visitors may send."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

PURPOSES = [
    ("campaigns", _("News and campaigns about the plan")),
    ("events", _("Invitations to consultations and other events")),
    ("surveys", _("Invitations to surveys")),
    ("drafts", _("Drafts open for comments")),
]


class PreferencesForm(forms.Form):
    """What a person wants to receive, and in which language."""

    purposes = forms.MultipleChoiceField(
        label=_("Send me"),
        choices=PURPOSES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=[("", _("no preference")), *settings.LANGUAGES], required=False
    )

    def wordings(self) -> dict[str, str]:
        """Return what each purpose said on the page, for the record of consent."""
        return {purpose: f"{_('Send me')}: {label}" for purpose, label in PURPOSES}
