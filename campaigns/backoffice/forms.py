"""Small forms of a mailing's screens."""

from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.letters import LINK, LONGEST_WAIT, MOST_REMINDERS, Letter
from engagement.models import Segment, User


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


class InvitationForm(forms.Form):
    """Whom to invite to a wave, when to remind them, and who reads their answers by mail."""

    segment = forms.ModelChoiceField(
        Segment.objects.none(), label=_("Segment"), empty_label=_("Choose a segment")
    )
    remind_after = forms.CharField(
        label=_("Reminders after (days)"),
        initial="5, 12",
        required=False,
        max_length=40,
        help_text=_(
            "For example 5, 12: to those who have not answered by then. At most three; empty: none."
        ),
    )
    reply_to = forms.EmailField(label=_("Replies go to"), required=False)

    def __init__(self, data=None, *args, user, wave, **kwargs):
        initial = {"reply_to": wave.contact or user.email}
        # Choosing a segment alone, by its address, leaves the rest as proposed.
        if data is not None and "remind_after" not in data:
            data = {
                "segment": data.get("segment"),
                "remind_after": self.base_fields["remind_after"].initial,
                **initial,
            }
        super().__init__(data, *args, initial=initial, **kwargs)
        self.fields["segment"].queryset = Segment.objects.visible_to(user)

    def clean_remind_after(self) -> list[int]:
        words = self.cleaned_data["remind_after"].replace(";", ",").replace(",", " ").split()
        if not all(word.isascii() and word.isdigit() for word in words):
            raise forms.ValidationError(_("Write numbers of days, for example 5, 12."))
        days = sorted({int(word) for word in words})
        if len(days) > MOST_REMINDERS or any(not 1 <= day <= LONGEST_WAIT for day in days):
            raise forms.ValidationError(
                _("At most %(most)d reminders, each 1 to %(longest)d days after the invitation.")
                % {"most": MOST_REMINDERS, "longest": LONGEST_WAIT}
            )
        return days


class SegmentForm(forms.Form):
    """A segment for a list of links, and the word that its danger is understood."""

    segment = forms.ModelChoiceField(
        Segment.objects.none(), label=_("Segment"), empty_label=_("Choose a segment")
    )
    understood = forms.BooleanField(
        label=_("I know that whoever holds this list can answer in these people's names.")
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["segment"].queryset = Segment.objects.visible_to(user)


class LetterForm(forms.Form):
    """What a letter says in one language: plain paragraphs and the place of the survey's button."""

    subject = forms.CharField(label=_("Subject"), max_length=255)
    text = forms.CharField(label=_("Text"), max_length=10_000, widget=forms.Textarea)
    button = forms.CharField(label=_("Words on the button"), max_length=80)

    def __init__(self, *args, language: str, code: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.language, self.code = language, code
        self.fields["text"].widget.attrs |= {"rows": 14, "lang": code}
        self.fields["subject"].widget.attrs["lang"] = code

    def clean_text(self) -> str:
        text = self.cleaned_data["text"]
        if LINK not in text:
            raise forms.ValidationError(
                _(
                    "Write {survey_link} where the button should stand: without it nobody can answer."
                )
            )
        return text

    def letter(self) -> Letter:
        """What was entered."""
        words = self.cleaned_data
        return Letter(subject=words["subject"], text=words["text"], button=words["button"])
