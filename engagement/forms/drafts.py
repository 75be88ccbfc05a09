"""What the public may send about a measure."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engagement.forms.events import Honeypot
from engagement.registry import matching
from indicators.models import Area

CONSENT_VERSION = "comment-2026-11"


class CommentForm(Honeypot):
    """A comment with the wording somebody proposes and the reason."""

    body = forms.CharField(
        label=_("Your comment"), max_length=5000, widget=forms.Textarea(attrs={"rows": 4})
    )
    proposed_wording = forms.CharField(
        label=_("Wording you propose"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    reason = forms.CharField(
        label=_("Why"), required=False, max_length=3000, widget=forms.Textarea(attrs={"rows": 2})
    )
    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        help_text=_("As you write it yourself. One name is enough."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    address = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_(
            "Never published. We send a link to it; your comment appears when you open it."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    on_behalf_of = forms.CharField(
        label=_("On behalf of"),
        required=False,
        max_length=200,
        help_text=_("An organisation, if you speak for one. It is published."),
    )
    area = forms.ModelChoiceField(
        label=_("Where you live or work"),
        required=False,
        queryset=Area.objects.none(),
        to_field_name="code",
        empty_label=_("Somewhere else"),
    )
    show_name = forms.BooleanField(label=_("Publish my name beside the comment."), required=False)
    consent = forms.BooleanField(
        label=_("I agree that my comment is published and that you write to me with the answer."),
        error_messages={"required": _("Without your agreement we may not publish your comment.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = Area.objects.member_states(timezone.now().date())

    def clean_name(self) -> str:
        name = matching.composed(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(_("Enter your name."))
        return name
