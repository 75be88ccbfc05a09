"""What the public may send about an event: the boundary behind which only good values pass."""

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engagement.events import times
from engagement.models import Event, Level, Need
from engagement.registry import matching
from engagement.services import NeedWanted, events_wording
from indicators.models import Area
from indicators.tokens import new_token

LANGUAGE_NAMES = dict(settings.LANGUAGES)

CONSENT_VERSION = "registration-2026-11"


def consent_wording() -> str:
    """What everybody agrees to who registers; kept with the registration."""
    return _(
        "I agree that the organisers use these details to run this consultation and to write to "
        "me about it."
    )


class Honeypot(forms.Form):
    """A field that people do not see and programs fill in, and a key that makes one form one."""

    website = forms.CharField(
        required=False,
        max_length=200,
        label=_("Leave this empty"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    key = forms.RegexField(r"^[A-Za-z0-9_-]{16,40}$", widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = new_token(18)

    @property
    def looks_automatic(self) -> bool:
        """Whether the hidden field was filled in. The sender gets the same answer as a person."""
        return bool((self.data or {}).get(self.add_prefix("website")))


class EventFilter(forms.Form):
    """The filters of the list. Anything unknown is ignored, never an error."""

    level = forms.ChoiceField(
        label=_("Level"), required=False, choices=[("", _("All levels")), *Level.choices]
    )
    area = forms.ModelChoiceField(
        label=_("Area"),
        required=False,
        queryset=Area.objects.none(),
        to_field_name="code",
        empty_label=_("All areas"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = Area.objects.member_states(timezone.now().date())

    def chosen(self, name: str):
        """The valid choice, or None."""
        self.is_valid()
        return getattr(self, "cleaned_data", {}).get(name) or None


class ZoneForm(forms.Form):
    """The reader's own time zone, shown beside the event's."""

    zone = forms.ChoiceField(
        label=_("Show times also in"),
        required=False,
        choices=[("", _("the event's own time only")), *times.ZONES],
    )


class RegistrationForm(Honeypot):
    """Registration for one event. After validation: `needs` are NeedWanted values."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        help_text=_("As you write it yourself. One name is enough."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    address = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("We send a link to it. Your place is asked for only when you open the link."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    organisation_text = forms.CharField(
        label=_("Organisation"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    area = forms.ModelChoiceField(
        label=_("Where you live or work"),
        required=False,
        queryset=Area.objects.none(),
        to_field_name="code",
        empty_label=_("Somewhere else"),
    )
    mode = forms.ChoiceField(
        label=_("How you attend"),
        choices=[("onsite", _("On site")), ("online", _("Online"))],
        widget=forms.RadioSelect,
    )
    interpretation = forms.MultipleChoiceField(
        label=_("Interpretation you need"), required=False, widget=forms.CheckboxSelectMultiple
    )
    accessibility = forms.MultipleChoiceField(
        label=_("What you need to take part"),
        required=False,
        choices=[
            (Need.Kind.WHEELCHAIR, _("Wheelchair access")),
            (Need.Kind.SIGN_LANGUAGE, _("Sign language")),
            (Need.Kind.CAPTIONS, _("Captions")),
        ],
        widget=forms.CheckboxSelectMultiple,
    )
    diet = forms.CharField(
        label=_("Diet"), required=False, max_length=200, help_text=_("For example halal, vegan.")
    )
    other_need = forms.CharField(label=_("Something else you need"), required=False, max_length=200)
    reader_zone = forms.ChoiceField(
        label=_("Your time zone"),
        required=False,
        choices=[("", _("the event's own time only")), *times.ZONES],
        help_text=_("Our letters then show times in it too."),
    )
    consent = forms.BooleanField(
        error_messages={"required": _("Without your agreement we may not keep your details.")}
    )
    wants_invitations = forms.BooleanField(required=False)

    def __init__(self, *args, event: Event, **kwargs):
        super().__init__(*args, **kwargs)
        self.event = event
        self.fields["area"].queryset = Area.objects.member_states(timezone.now().date())
        self.fields["consent"].label = consent_wording()
        self.fields["wants_invitations"].label = events_wording()
        if event.mode != Event.Mode.HYBRID:
            del self.fields["mode"]
        if event.mode == Event.Mode.ONLINE:
            del self.fields["diet"]
        languages = [code for code in event.interpretation if code in LANGUAGE_NAMES]
        if languages:
            self.fields["interpretation"].choices = [(c, LANGUAGE_NAMES[c]) for c in languages]
        else:
            del self.fields["interpretation"]

    def clean_name(self) -> str:
        name = matching.composed(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(_("Enter your name."))
        return name

    @property
    def needs(self) -> list[NeedWanted]:
        data = self.cleaned_data
        wanted = [
            NeedWanted(Need.Kind.INTERPRETATION, language=code)
            for code in data.get("interpretation", [])
        ]
        wanted += [NeedWanted(kind) for kind in data["accessibility"]]
        if data.get("diet"):
            wanted.append(NeedWanted(Need.Kind.DIET, detail=data["diet"]))
        if data["other_need"]:
            wanted.append(NeedWanted(Need.Kind.OTHER, detail=data["other_need"]))
        return wanted
