"""People and organisations: lists with search in either script, records, and small forms."""

import django_filters
from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views import View
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.widgets.button import HeaderButton

from engagement import services
from engagement.backoffice import forms
from engagement.backoffice.guarded import (
    EditView,
    GuardedViewSet,
    IndexView,
    InspectView,
    visible_or_404,
)
from engagement.models import (
    Affiliation,
    Category,
    Consent,
    Interaction,
    Organisation,
    Person,
    PostHolding,
)
from engagement.registry.visibility import today
from indicators.models import Area


class StakeholderFilterSet(WagtailFilterSet):
    category = django_filters.ModelChoiceFilter(
        label=_("Category"), queryset=Category.objects.all(), method="in_category"
    )
    area = django_filters.ModelChoiceFilter(label=_("Area"), queryset=Area.objects.all())

    def in_category(self, queryset, name, value):
        """The category and everything below it in the tree."""
        return queryset.filter(category__in=Category.with_descendants([value.code]))


class PersonFilterSet(StakeholderFilterSet):
    def in_category(self, queryset, name, value):
        wanted = Category.with_descendants([value.code])
        places = Affiliation.objects.in_force(today()).filter(organisation__category__in=wanted)
        return queryset.filter(category__in=wanted) | queryset.filter(
            category=None, pk__in=places.values("person")
        )

    class Meta:
        model = Person
        fields = ["category", "area"]


class OrganisationFilterSet(StakeholderFilterSet):
    class Meta:
        model = Organisation
        fields = ["category", "area"]


class StakeholderIndexView(IndexView):
    searches_names = True

    def name_column(self, accessor: str, label) -> TitleColumn:
        """The first column: it leads to the record, with the other doors in its menu."""
        return self._get_title_column_class(TitleColumn)(
            accessor, label=label, get_url=self.get_inspect_url, sort_key=accessor
        )


def other_names(stakeholder) -> str:
    """The names beside the displayed one, as prefetched."""
    return ", ".join(
        name.full for name in stakeholder.names.all() if name.kind in {"native", "latin", "alias"}
    )


def present_place(person) -> str:
    """Where the person is today, from the prefetched affiliations."""
    on = today()
    return ", ".join(str(a.organisation) for a in person.affiliations.all() if a.holds(on))


class PersonIndexView(StakeholderIndexView):
    default_ordering = "display_name"

    def get_base_queryset(self):
        return (
            super()
            .get_base_queryset()
            .current()
            .select_related("area", "category")
            .prefetch_related(
                "names",
                Prefetch(
                    "affiliations", Affiliation.objects.select_related("organisation__category")
                ),
            )
        )

    @cached_property
    def columns(self):
        return [
            self.name_column("display_name", _("Name")),
            Column("names", label=_("Also"), accessor=other_names),
            Column("place", label=_("Organisation"), accessor=present_place),
            Column("area", label=_("Area"), accessor="area", sort_key="area__name"),
            Column("language", label=_("Language"), accessor="language", sort_key="language"),
        ]


class OrganisationIndexView(StakeholderIndexView):
    default_ordering = "name"

    def get_base_queryset(self):
        return (
            super()
            .get_base_queryset()
            .current()
            .select_related("area", "category")
            .prefetch_related("names")
        )

    @cached_property
    def columns(self):
        return [
            self.name_column("name", _("Name")),
            Column("acronym", label=_("Acronym"), accessor="acronym", sort_key="acronym"),
            Column("names", label=_("Also"), accessor=other_names),
            Column("category", label=_("Category"), sort_key="category__name"),
            Column("area", label=_("Area"), accessor="area", sort_key="area__name"),
        ]


class RecordView(InspectView):
    """The record as one page. `actions` are the small forms its reader may open."""

    page_title = _("Record")

    @cached_property
    def header_buttons(self):
        buttons = []
        if url := self.get_edit_url():
            buttons.append(HeaderButton(_("Edit"), url=url, icon_name="edit"))
        return buttons

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["record"] = self.object
        context["audit_url"] = reverse(self.history_url_name, args=[self.object.pk])
        return context

    history_url_name = None


class PersonRecordView(RecordView):
    def get_object(self, queryset=None):
        return super().get_object(queryset)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        person, user, on = self.object, self.request.user, today()
        context |= {
            "names": person.names.all(),
            "addresses": person.addresses.all(),
            "affiliations": [
                (a, a.holds(on))
                for a in person.affiliations.select_related("organisation__category")
            ],
            "holdings": [(h, h.holds(on)) for h in person.holdings.select_related("post")],
            "consents": Consent.objects.visible_to(user)
            .filter(person=person)
            .select_related("recorded_by")
            if user.has_perm("engagement.view_consent")
            else [],
            "interactions": Interaction.objects.visible_to(user)
            .filter(people=person)
            .select_related("recorded_by")
            .prefetch_related("posts")[:50],
            "registrations": registrations_of(person),
            "actions": [
                (label, reverse(f"registry_people:{name}", args=[person.pk]))
                for label, name, permission in (
                    (_("Add a place"), "add_affiliation", "engagement.add_affiliation"),
                    (_("Record consent"), "add_consent", "engagement.add_consent"),
                    (_("Record an interaction"), "add_interaction", "engagement.add_interaction"),
                )
                if user.has_perm(permission)
            ],
        }
        return context


def registrations_of(person) -> list:
    """The person's registrations with their events, or nothing where events are not installed."""
    if not hasattr(person, "registrations"):
        return []
    return list(person.registrations.select_related("event")[:50])


class OrganisationRecordView(RecordView):
    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        organisation, user, on = self.object, self.request.user, today()
        people = Person.objects.visible_to(user)
        context |= {
            "names": organisation.names.all(),
            "affiliations": [
                (a, a.holds(on))
                for a in organisation.affiliations.filter(person__in=people).select_related(
                    "person"
                )
            ],
            "posts": organisation.posts.visible_to(user).prefetch_related(
                Prefetch("holdings", PostHolding.objects.select_related("person"))
            ),
            "interactions": Interaction.objects.visible_to(user)
            .filter(organisations=organisation)
            .select_related("recorded_by")[:50],
            "actions": [],
        }
        return context


class AddToPersonView(View):
    """One small form that adds something to a person's record."""

    form_class: type
    title = ""
    permission = ""
    success = ""

    def dispatch(self, request, pk, *args, **kwargs):
        self.person = visible_or_404(request, Person, pk)
        if not request.user.has_perm(self.permission):
            raise Http404("This is not among your rights.")
        return super().dispatch(request, pk, *args, **kwargs)

    def form(self, data=None):
        return self.form_class(data)

    def get(self, request, pk):
        return self.page(self.form(), 200)

    def post(self, request, pk):
        form = self.form(request.POST)
        if not form.is_valid():
            return self.page(form, 422)
        self.save(form)
        messages.success(request, self.success)
        return redirect("registry_people:inspect", pk)

    def page(self, form, status: int):
        context = {
            "form": form,
            "header_title": self.title,
            "page_title": self.title,
            "page_subtitle": str(self.person),
            "back_url": reverse("registry_people:inspect", args=[self.person.pk]),
            "media": form.media,
        }
        return render(self.request, "engagement/backoffice/small_form.html", context, status=status)


class AddAffiliationView(AddToPersonView):
    form_class = forms.AffiliationForm
    title = _("Add a place in an organisation")
    permission = "engagement.add_affiliation"
    success = _("The place was added.")

    def form(self, data=None):
        return forms.AffiliationForm(
            data, instance=Affiliation(person=self.person), user=self.request.user
        )

    def save(self, form):
        form.save()


class AddConsentView(AddToPersonView):
    form_class = forms.ConsentForm
    title = _("Record consent")
    permission = "engagement.add_consent"
    success = _("The statement was recorded.")

    def save(self, form):
        values = dict(form.cleaned_data)
        state = values.pop("state")
        record = (
            services.give_consent if state == Consent.State.GIVEN else services.withdraw_consent
        )
        record(person=self.person, at=timezone.now(), by=self.request.user, **values)


class AddInteractionView(AddToPersonView):
    form_class = forms.InteractionForm
    title = _("Record an interaction")
    permission = "engagement.add_interaction"
    success = _("The interaction was recorded.")

    def save(self, form):
        on = form.cleaned_data["at"].date()
        holdings = PostHolding.objects.in_force(on).filter(person=self.person)
        services.record_interaction(
            people=[self.person],
            # What is said to the holder of a post is remembered by the post.
            posts=[holding.post for holding in holdings.select_related("post")],
            by=self.request.user,
            **form.cleaned_data,
        )


class PersonEditView(EditView):
    def get_success_url(self):
        return reverse("registry_people:inspect", args=[self.object.pk])


class OrganisationEditView(EditView):
    def get_success_url(self):
        return reverse("registry_organisations:inspect", args=[self.object.pk])


class StakeholderViewSet(GuardedViewSet):
    inspect_view_enabled = True

    def get_inspect_view_kwargs(self, **kwargs):
        return super().get_inspect_view_kwargs(
            **{"history_url_name": self.get_url_name("history"), **kwargs}
        )

    def get_form_class(self, for_update=False):
        return self.record_form


class PersonViewSet(StakeholderViewSet):
    model = Person
    name = "registry_people"
    url_prefix = "stakeholders/people"
    menu_label = _("People")
    menu_order = 10
    icon = "user"
    record_form = forms.PersonForm
    filterset_class = PersonFilterSet
    index_view_class = PersonIndexView
    inspect_view_class = PersonRecordView
    edit_view_class = PersonEditView
    inspect_template_name = "engagement/backoffice/person.html"

    def get_urlpatterns(self):
        return [
            *super().get_urlpatterns(),
            path("affiliation/<int:pk>/", AddAffiliationView.as_view(), name="add_affiliation"),
            path("consent/<int:pk>/", AddConsentView.as_view(), name="add_consent"),
            path("interaction/<int:pk>/", AddInteractionView.as_view(), name="add_interaction"),
        ]


class OrganisationViewSet(StakeholderViewSet):
    model = Organisation
    name = "registry_organisations"
    url_prefix = "stakeholders/organisations"
    menu_label = _("Organisations")
    menu_order = 20
    icon = "home"
    record_form = forms.OrganisationForm
    filterset_class = OrganisationFilterSet
    index_view_class = OrganisationIndexView
    inspect_view_class = OrganisationRecordView
    edit_view_class = OrganisationEditView
    inspect_template_name = "engagement/backoffice/organisation.html"
