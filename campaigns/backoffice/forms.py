"""Small forms of a mailing's screens."""

from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engagement.models import User


class ScheduleForm(forms.Form):
    """When to send, in the office's own time. Cleans to a moment in UTC."""

    when = forms.DateTimeField(
        label=_("Date and time"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )

    def clean_when(self):
        wall = self.cleaned_data["when"].replace(tzinfo=None)
        return timezone.make_aware(wall, ZoneInfo(settings.OFFICE_TIME_ZONE))


class TestForm(forms.Form):
    """To which colleague and in which languages a test goes."""

    __test__ = False  # not a test case, whatever its name

    address = forms.EmailField(label=_("Colleague's address"), max_length=254)
    languages = forms.MultipleChoiceField(label=_("Languages"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args, mailing, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(each.language, each.get_language_display()) for each in mailing.contents.all()]
        self.fields["languages"].choices = choices
        self.fields["languages"].initial = [code for code, _label in choices]

    def clean_address(self):
        address = self.cleaned_data["address"]
        # A test must not become a way to write to anybody at all.
        if not User.objects.filter(email__iexact=address, is_active=True).exists():
            raise forms.ValidationError(_("Nobody with an account has this address."))
        return address
