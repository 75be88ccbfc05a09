"""Events with their seats, agenda, needs and attendance."""

from django import forms
from django.db.models import Count
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic

from engagement import services
from engagement.backoffice.guarded import EditView, GuardedViewSet, IndexView, InspectView
from engagement.backoffice.steps import ReasonForm, StepView
from engagement.models import CheckIn, Event, Need, Registration, SeatPool, Session
from engagement.models.walltime import WallTimeFormField
from indicators.models import Area

FIELDS = [
    "title",
    "slug",
    "summary",
    "description",
    "purpose",
    "level",
    "iap2_level",
    "state",
    "visibility",
    "admission",
    "mode",
    "zone",
    "starts_wall",
    "ends_wall",
    "venue",
    "join_url",
    "area",
    "body",
    "registration_opens_at",
    "registration_closes_at",
    "offer_hours",
    "same_delegation_first",
    "requeue_expired",
    "outcome",
    "reached",
    "source",
]


class EventForm(WagtailAdminModelForm):
    """An event. Calling it off is a step of its own, because people are told."""

    starts_wall = WallTimeFormField(
        label=_("Starts"), help_text=_("As the clocks at the place show it.")
    )
    ends_wall = WallTimeFormField(label=_("Ends"))
    join_url = forms.URLField(
        label=_("Link to join online"),
        required=False,
        assume_scheme="https",
        help_text=_("Shown only to those with a confirmed place online."),
    )

    class Meta:
        model = Event
        fields = FIELDS

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["slug"].required = False
        self.fields["slug"].help_text = _("Empty: made from the title.")
        if self.instance.state != Event.State.CANCELLED:
            self.fields["state"].choices = [
                choice for choice in Event.State.choices if choice[0] != Event.State.CANCELLED
            ]
        else:
            self.fields["state"].disabled = True

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"] or slugify(self.cleaned_data.get("title", ""))[:110]
        if not slug:
            raise forms.ValidationError(
                _("Write an address in Latin letters, such as have-your-say.")
            )
        others = Event.objects.exclude(pk=self.instance.pk)
        if not self.cleaned_data["slug"]:
            base, number = slug, 2
            while others.filter(slug=slug).exists():
                slug, number = f"{base}-{number}", number + 1
        return slug


class EventIndexView(IndexView):
    default_ordering = "-starts_at"

    def get_base_queryset(self):
        return (
            super()
            .get_base_queryset()
            .select_related("area", "body")
            .annotate(registered=Count("registrations"))
        )

    @cached_property
    def columns(self):
        title = self._get_title_column_class(TitleColumn)
        return [
            title("title", label=_("Title"), get_url=self.get_inspect_url, sort_key="title"),
            Column("when", label=_("When"), accessor=lambda e: e.when()[0], sort_key="starts_at"),
            Column("level", label=_("Level"), accessor="get_level_display", sort_key="level"),
            Column("state", label=_("State"), accessor="get_state_display", sort_key="state"),
            Column("registered", label=_("Registrations"), accessor="registered"),
        ]


class _SavesThroughService:
    """Saving tells people whose plans it changes; only the service does that."""

    def save_instance(self):
        event = self.form.save(commit=False)
        services.save_event(event=event, at=timezone.now(), by=self.request.user)
        return event

    def get_success_url(self):
        return reverse("events:inspect", args=[self.object.pk])


class EventCreateView(_SavesThroughService, generic.CreateView):
    pass


class EventEditView(_SavesThroughService, EditView):
    pass


class EventRecordView(InspectView):
    page_title = _("Event")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        event, user = self.object, self.request.user
        registrations = Registration.objects.visible_to(user).filter(event=event)
        pools = event.pools.select_related("area").annotate(held=Count("seats")).order_by("pk")
        context |= {
            "record": event,
            "audit_url": reverse("events:history", args=[event.pk]),
            "actions": self.actions(),
            "when": event.when(),
            "pools": pools,
            "may_change_pools": user.has_perm("engagement.change_seatpool"),
            "states": registrations.order_by().values_list("state").annotate(n=Count("pk")),
            "state_names": dict(Registration.State.choices),
            "needs": Need.objects.filter(
                registration__in=registrations.seated(), registration__event=event
            )
            .order_by("kind", "language")
            .values("kind", "language")
            .annotate(n=Count("pk")),
            "need_names": dict(Need.Kind.choices),
            "diets": Need.objects.filter(registration__in=registrations.seated())
            .exclude(detail="")
            .order_by("kind", "detail")
            .values("kind", "detail")
            .annotate(n=Count("pk")),
            "checkins": CheckIn.objects.filter(registration__in=registrations).count(),
            "sessions": event.sessions.all(),
            "may_see_registrations": user.has_perm("engagement.view_registration"),
        }
        return context

    def actions(self) -> list[tuple[str, str]]:
        event, user = self.object, self.request.user
        found = [(_("On the site"), event.get_absolute_url())]
        if event.state == Event.State.DRAFT:
            found = []
        if user.has_perm("engagement.view_registration"):
            url = reverse("registrations:index")
            found.append((_("Registrations"), f"{url}?event={event.pk}"))
        steps = [
            (_("Add a registration"), "add_registration", "engagement.add_registration"),
            (_("Add seats"), "add_pool", "engagement.add_seatpool"),
            (_("Add an agenda item"), "add_session", "engagement.add_session"),
        ]
        if event.state == Event.State.PUBLISHED:
            steps.append((_("Call it off"), "call_off", "engagement.change_event"))
        found += [
            (label, reverse(f"events:{name}", args=[event.pk]))
            for label, name, permission in steps
            if user.has_perm(permission)
        ]
        if user.has_perm("engagement.change_event"):
            found.append((_("Edit"), reverse("events:edit", args=[event.pk])))
        return found


class EventStepView(StepView):
    model = Event

    def back_url(self) -> str:
        return reverse("events:inspect", args=[self.record.pk])


class CallOffView(EventStepView):
    permission = "engagement.change_event"
    title = _("Call the event off")
    form_class = ReasonForm
    success = _("The event is called off; everybody registered is told.")

    def step(self, form, *, at, by):
        services.call_off(event=self.record, at=at, by=by, reason=form.cleaned_data["reason"])


class PoolForm(forms.ModelForm):
    class Meta:
        model = SeatPool
        fields = ["name", "area", "mode", "capacity"]


class AddPoolView(EventStepView):
    permission = "engagement.add_seatpool"
    title = _("Add seats")
    success = _("The seats were added.")

    def form(self, data=None):
        return PoolForm(data)

    def step(self, form, *, at, by):
        services.add_pool(event=self.record, at=at, by=by, **form.cleaned_data)


class SessionForm(forms.ModelForm):
    starts_wall = WallTimeFormField(label=_("Starts"))
    ends_wall = WallTimeFormField(label=_("Ends"))

    class Meta:
        model = Session
        fields = ["title", "summary", "speakers", "starts_wall", "ends_wall"]


class AddSessionView(EventStepView):
    permission = "engagement.add_session"
    title = _("Add an agenda item")
    success = _("The agenda item was added.")

    def form(self, data=None):
        initial = {"starts_wall": self.record.starts_wall, "ends_wall": self.record.ends_wall}
        return SessionForm(data, instance=Session(event=self.record), initial=initial)

    def step(self, form, *, at, by):
        form.save()


class StaffRegistrationForm(forms.Form):
    """Somebody who asked by telephone or letter."""

    name = forms.CharField(label=_("Name"), max_length=200)
    address = forms.EmailField(label=_("E-mail address"), max_length=254)
    organisation_text = forms.CharField(label=_("Organisation"), max_length=200, required=False)
    area = forms.ModelChoiceField(label=_("Area"), queryset=Area.objects.all(), required=False)
    mode = forms.ChoiceField(
        label=_("Attending"), choices=[("onsite", _("on site")), ("online", _("online"))]
    )
    evidence = forms.CharField(
        label=_("How the person agreed"), max_length=40, help_text=_("For example: by telephone.")
    )


class AddRegistrationView(EventStepView):
    permission = "engagement.add_registration"
    title = _("Add a registration")
    form_class = StaffRegistrationForm
    success = _("The registration was added: confirmed, or on the waiting list if seats are gone.")

    def step(self, form, *, at, by):
        values = dict(form.cleaned_data)
        values["consent_version"] = values.pop("evidence")
        services.add_by_staff(event=self.record, at=at, by=by, **values)


class CapacityForm(forms.Form):
    capacity = forms.IntegerField(label=_("Seats"), min_value=0, max_value=100_000)
    approved_overbook = forms.IntegerField(
        label=_("Approved beyond the seats"), min_value=0, max_value=10_000, initial=0
    )
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)


class CapacityView(EventStepView):
    """The seats of one pool. The record is the pool's event, so that `visible_to` guards it."""

    permission = "engagement.change_seatpool"
    title = _("Change the seats")
    success = _("The seats were changed; new ones are offered to the waiting list.")

    def dispatch(self, request, pk, pool, *args, **kwargs):
        self.pool_token = pool
        return super().dispatch(request, pk, *args, **kwargs)

    @cached_property
    def pool(self) -> SeatPool:
        from django.shortcuts import get_object_or_404

        return get_object_or_404(self.record.pools, token=self.pool_token)

    def form(self, data=None):
        pool = self.pool
        words = {"capacity": pool.capacity, "approved_overbook": pool.approved_overbook}
        return CapacityForm(data, initial=words | {"reason": pool.overbook_reason})

    def step(self, form, *, at, by):
        services.change_capacity(pool=self.pool, at=at, by=by, **form.cleaned_data)


class EventViewSet(GuardedViewSet):
    model = Event
    name = "events"
    url_prefix = "events"
    menu_label = _("Events")
    menu_order = 10
    icon = "calendar-alt"
    form_class = EventForm
    search_fields = ["title", "venue"]
    list_filter = ["level", "state", "area", "body"]
    index_view_class = EventIndexView
    add_view_class = EventCreateView
    edit_view_class = EventEditView
    inspect_view_class = EventRecordView
    inspect_view_enabled = True
    inspect_template_name = "engagement/backoffice/event.html"

    def get_form_class(self, for_update=False):
        return EventForm

    def get_urlpatterns(self):
        return [
            *super().get_urlpatterns(),
            path("call-off/<int:pk>/", CallOffView.as_view(), name="call_off"),
            path("add-seats/<int:pk>/", AddPoolView.as_view(), name="add_pool"),
            path("add-agenda/<int:pk>/", AddSessionView.as_view(), name="add_session"),
            path("register/<int:pk>/", AddRegistrationView.as_view(), name="add_registration"),
            path("seats/<int:pk>/<slug:pool>/", CapacityView.as_view(), name="capacity"),
        ]
