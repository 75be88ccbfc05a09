"""Forms of the registry's screens. Each offers only what its user may see."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateInput, AdminDateTimeInput

from engagement.models import (
    Affiliation,
    Category,
    Consent,
    EmailAddress,
    Grant,
    Interaction,
    Organisation,
    Person,
    Post,
    Segment,
    StakeholderName,
    Tag,
)
from engagement.registry import segments
from engagement.registry.visibility import SEE_ALL, today
from engagement.roles import ROLES
from indicators.models import Area, SectoralBody


def areas_for(user):
    """The areas a user may file records under: all, or the granted ones."""
    if user is None or user.has_perm(SEE_ALL):
        return Area.objects.all()
    return user.granted_areas(today())


class _WithinAreas(WagtailAdminModelForm):
    """Somebody limited to areas files records under those, and must name one."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = areas_for(self.for_user)
        if self.for_user is not None and not self.for_user.has_perm(SEE_ALL):
            self.fields["area"].required = True


class PersonForm(_WithinAreas):
    native_name = forms.CharField(
        label=_("Name in the person's own script"), max_length=300, required=False
    )
    address = forms.EmailField(label=_("Main e-mail address"), max_length=254, required=False)

    class Meta:
        model = Person
        fields = [
            "display_name",
            "native_name",
            "honorific",
            "salutation",
            "address",
            "phone",
            "language",
            "area",
            "category",
            "tags",
            "source",
            "note",
        ]
        widgets = {"tags": forms.CheckboxSelectMultiple, "note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            native = self.instance.names.filter(kind=StakeholderName.Kind.NATIVE).first()
            self.initial["native_name"] = native.full if native else ""
            main = self.instance.addresses.filter(is_primary=True).first()
            self.initial["address"] = main.address if main else ""

    def save(self, commit=True):
        person = super().save(commit)
        if commit:
            self.save_names_and_address()
        return person

    def save_names_and_address(self) -> None:
        StakeholderName.keep(
            person=self.instance,
            full=self.cleaned_data["native_name"],
            kind=StakeholderName.Kind.NATIVE,
        )
        if "address" in self.changed_data:
            addresses = EmailAddress.objects.filter(person=self.instance)
            for old in addresses.filter(is_primary=True):
                # Kept, so that a reply to an old address still finds its person.
                old.is_primary, old.status = False, EmailAddress.Status.FORMER
                old.save()
            if address := self.cleaned_data["address"]:
                known = addresses.filter(normalised=address.strip().casefold()).first()
                entry = known or EmailAddress(person=self.instance, address=address)
                entry.is_primary, entry.status = True, EmailAddress.Status.ACTIVE
                entry.save()


class OrganisationForm(_WithinAreas):
    native_name = forms.CharField(label=_("Name in its own script"), max_length=300, required=False)
    website = forms.URLField(label=_("Website"), required=False, assume_scheme="https")

    class Meta:
        model = Organisation
        fields = [
            "name",
            "native_name",
            "acronym",
            "category",
            "area",
            "body",
            "website",
            "tags",
            "source",
            "note",
        ]
        widgets = {"tags": forms.CheckboxSelectMultiple, "note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            native = self.instance.names.filter(kind=StakeholderName.Kind.NATIVE).first()
            self.initial["native_name"] = native.full if native else ""

    def save(self, commit=True):
        organisation = super().save(commit)
        if commit:
            StakeholderName.keep(
                organisation=organisation,
                full=self.cleaned_data["native_name"],
                kind=StakeholderName.Kind.NATIVE,
            )
        return organisation


class PostForm(_WithinAreas):
    class Meta:
        model = Post
        fields = ["title", "kind", "organisation", "area", "body", "source", "abolished_on"]
        widgets = {"abolished_on": AdminDateInput}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.visible_to(self.for_user)


class AppointForm(forms.Form):
    """A new holder of a post, from a day on."""

    person = forms.ModelChoiceField(Person.objects.none(), label=_("Person"))
    start = forms.DateField(label=_("From"), widget=AdminDateInput)
    is_acting = forms.BooleanField(label=_("Acting"), required=False)
    source = forms.CharField(label=_("Source"), max_length=300, required=False)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = Person.objects.current().visible_to(user)


class EndHoldingForm(forms.Form):
    on = forms.DateField(
        label=_("Ends on"), widget=AdminDateInput, help_text=_("Access ends on that day.")
    )


class AffiliationForm(forms.ModelForm):
    class Meta:
        model = Affiliation
        fields = ["organisation", "title", "valid_from", "valid_to", "is_main", "source"]
        widgets = {"valid_from": AdminDateInput, "valid_to": AdminDateInput}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.current().visible_to(user)


class ConsentForm(forms.Form):
    """What a person said to us outside the site: on paper, on the telephone, in a letter."""

    purpose = forms.ChoiceField(label=_("Purpose"), choices=Consent.Purpose)
    state = forms.ChoiceField(label=_("The person has"), choices=Consent.State)
    wording_version = forms.CharField(label=_("Version of the wording"), max_length=40)
    wording = forms.CharField(
        label=_("Wording shown or read out"), widget=forms.Textarea(attrs={"rows": 3})
    )
    evidence = forms.CharField(
        label=_("Evidence"),
        max_length=300,
        help_text=_("Where and how, such as: paper form, Ha Noi, 3 May 2026, file 12."),
    )


class InteractionForm(forms.ModelForm):
    at = forms.DateTimeField(label=_("When (UTC)"), widget=AdminDateTimeInput)

    class Meta:
        model = Interaction
        fields = ["kind", "at", "subject", "body"]
        widgets = {"body": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Our own applications write the others.
        own = ("meeting", "call", "letter", "email", "note")
        self.fields["kind"].choices = [
            choice for choice in Interaction.Kind.choices if choice[0] in own
        ]


class GrantForm(WagtailAdminModelForm):
    role = forms.ChoiceField(
        label=_("Role"), choices=[(name, role.label) for name, role in ROLES.items()]
    )

    class Meta:
        model = Grant
        fields = ["user", "post", "role", "area", "body", "organisation", "valid_from", "valid_to"]
        widgets = {"valid_from": AdminDateInput, "valid_to": AdminDateInput}


def _choices(model, code: str, name: str):
    def read():
        return [(getattr(row, code), str(getattr(row, name))) for row in model.objects.all()]

    return read


def _languages():
    used = Person.objects.exclude(language="").order_by("language").values_list("language")
    return [(code, code) for (code,) in used.distinct()]


class SegmentForm(WagtailAdminModelForm):
    """A segment's filters as fields. Its definition is put together in `clean`."""

    categories = forms.MultipleChoiceField(label=_("Categories"), required=False)
    areas = forms.MultipleChoiceField(label=_("Areas"), required=False)
    bodies = forms.MultipleChoiceField(label=_("Sectoral bodies"), required=False)
    organisations = forms.MultipleChoiceField(label=_("Organisations"), required=False)
    languages = forms.MultipleChoiceField(label=_("Languages"), required=False)
    tags = forms.MultipleChoiceField(label=_("Tags"), required=False)
    posts = forms.MultipleChoiceField(
        label=_("Holders of posts"), required=False, choices=Post.Kind.choices
    )
    consent = forms.ChoiceField(
        label=_("With consent for"),
        required=False,
        choices=[("", _("does not matter")), *Consent.Purpose.choices],
    )
    with_address = forms.BooleanField(label=_("Only with an e-mail address"), required=False)
    without_categories = forms.MultipleChoiceField(
        label=_("But not these categories"), required=False
    )
    without_areas = forms.MultipleChoiceField(label=_("But not these areas"), required=False)
    without_tags = forms.MultipleChoiceField(label=_("But not these tags"), required=False)

    FILTERS = ("categories", "areas", "bodies", "organisations", "languages", "tags", "posts")
    EXCLUSIONS = ("categories", "areas", "tags")

    class Meta:
        model = Segment
        fields = ["name", "description", "area"]
        widgets = {"description": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.for_user is not None:
            self.fields["area"].queryset = areas_for(self.for_user)
        organisations = Organisation.objects.visible_to(self.for_user).values_list("token", "name")
        choices = {
            "categories": _choices(Category, "code", "name"),
            "areas": _choices(Area, "code", "name"),
            "bodies": _choices(SectoralBody, "acronym", "acronym"),
            "organisations": lambda: list(organisations),
            "languages": _languages,
            "tags": _choices(Tag, "slug", "name"),
        }
        definition = self.instance.definition or {}
        exclude = definition.get("exclude", {})
        for key in self.FILTERS:
            if key in choices:
                self.fields[key].choices = choices[key]()
            self.initial.setdefault(key, definition.get(key, []))
        for key in self.EXCLUSIONS:
            self.fields[f"without_{key}"].choices = self.fields[key].choices
            self.initial.setdefault(f"without_{key}", exclude.get(key, []))
        self.initial.setdefault("consent", definition.get("consent", ""))
        self.initial.setdefault("with_address", definition.get("with_address", False))

    def clean(self):
        cleaned = super().clean()
        definition: dict = {key: cleaned[key] for key in self.FILTERS if cleaned.get(key)}
        exclude = {
            key: cleaned[f"without_{key}"]
            for key in self.EXCLUSIONS
            if cleaned.get(f"without_{key}")
        }
        if exclude:
            definition["exclude"] = exclude
        if cleaned.get("consent"):
            definition["consent"] = cleaned["consent"]
        if cleaned.get("with_address"):
            definition["with_address"] = True
        for _key, sentence in segments.problems(definition):
            self.add_error(None, sentence)
        if self.for_user is not None and not self.for_user.has_perm(SEE_ALL):
            own = set(areas_for(self.for_user).values_list("code", flat=True))
            if not definition.get("areas") or not set(definition["areas"]) <= own:
                self.add_error("areas", gettext("Choose among the areas that are granted to you."))
        self.instance.definition = definition
        return cleaned
