"""Registrations: lists by event and state, every step taken, and the steps staff may make."""

from uuid import uuid4

from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, TitleColumn

from engagement import services
from engagement.backoffice.guarded import GuardedViewSet, IndexView, InspectView, NeverAdded
from engagement.backoffice.steps import ReasonForm, StepView
from engagement.models import Registration

State = Registration.State


class RegistrationIndexView(IndexView):
    default_ordering = "-submitted_at"

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("event", "area", "organisation")

    @cached_property
    def columns(self):
        title = self._get_title_column_class(TitleColumn)
        return [
            title("name", label=_("Name"), get_url=self.get_inspect_url, sort_key="name"),
            Column("event", label=_("Event"), accessor="event", sort_key="event__title"),
            Column("organisation", label=_("Organisation"), accessor="organisation_name"),
            Column("area", label=_("Area"), accessor="area", sort_key="area__name"),
            Column("state", label=_("State"), accessor=state_text, sort_key="state"),
            Column("submitted", label=_("Since"), accessor="submitted_at", sort_key="submitted_at"),
        ]


def state_text(registration: Registration) -> str:
    """The state, with what a pending one awaits or how an ended one ended."""
    detail = registration.get_awaiting_display() or registration.get_ended_display()
    state = registration.get_state_display()
    return f"{state}: {detail}" if detail else state


class RegistrationRecordView(InspectView):
    page_title = _("Registration")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        registration = self.object
        context |= {
            "record": registration,
            "audit_url": reverse("registrations:history", args=[registration.pk]),
            "actions": self.actions(),
            "state": state_text(registration),
            "place": registration.queue_place(),
            "transitions": registration.transitions.select_related("by"),
            "notices": registration.notices.order_by("queued_at", "pk"),
            "needs": registration.needs.all(),
            "seats": registration.seats.select_related("pool"),
            "checkins": registration.checkins.all(),
            "may_see_person": self.request.user.has_perm("engagement.view_person"),
        }
        return context

    def actions(self) -> list[tuple[str, str]]:
        registration, user = self.object, self.request.user
        awaits_staff = registration.state == State.PENDING and registration.awaiting != "email"
        steps = [
            (_("Approve"), "approve", ApproveView.permission, awaits_staff),
            (_("Reject"), "reject", RejectView.permission, registration.state == State.PENDING),
            (_("Offer a seat"), "offer", OfferView.permission, registration.state == "waitlisted"),
            (
                _("Mark as attended"),
                "attend",
                AttendView.permission,
                registration.state == "confirmed",
            ),
            (_("Cancel"), "cancel", CancelView.permission, registration.may_cancel),
        ]
        return [
            (label, reverse(f"registrations:{name}", args=[registration.pk]))
            for label, name, permission, possible in steps
            if possible and user.has_perm(permission)
        ]


class RegistrationStepView(StepView):
    model = Registration
    form_class = ReasonForm

    def back_url(self) -> str:
        return reverse("registrations:inspect", args=[self.record.pk])


class ApproveView(RegistrationStepView):
    permission = "engagement.approve_registration"
    title = _("Approve the registration")
    success = _("Approved: confirmed, or on the waiting list if seats are gone.")

    def form(self, data=None):
        form = super().form(data)
        form.fields["reason"].required = False
        return form

    def step(self, form, *, at, by):
        services.approve(registration=self.record, at=at, by=by, reason=form.cleaned_data["reason"])


class RejectView(RegistrationStepView):
    permission = "engagement.approve_registration"
    title = _("Reject the registration")
    success = _("Rejected; the person is told why.")

    def step(self, form, *, at, by):
        services.reject(registration=self.record, at=at, by=by, reason=form.cleaned_data["reason"])


class CancelView(RegistrationStepView):
    permission = "engagement.change_registration"
    title = _("Cancel the registration")
    success = _("Cancelled; the seat is offered to the next, and the person is told why.")

    def step(self, form, *, at, by):
        services.cancel(registration=self.record, at=at, by=by, reason=form.cleaned_data["reason"])


class OfferView(RegistrationStepView):
    permission = "engagement.approve_registration"
    title = _("Offer a seat out of turn")
    success = _("The seat is offered; the person has a mail with the deadline.")

    def step(self, form, *, at, by):
        services.offer_seat(
            registration=self.record, at=at, by=by, reason=form.cleaned_data["reason"]
        )


class AttendView(StepView):
    model = Registration
    permission = "engagement.change_registration"
    title = _("Mark as attended")

    def step(self, form, *, at, by):
        services.check_in(registration=self.record, uuid=uuid4(), at=at, by=by, device="office")

    def back_url(self) -> str:
        return reverse("registrations:inspect", args=[self.record.pk])


class RegistrationViewSet(NeverAdded, GuardedViewSet):
    """Registrations come from the form and from the event's own screen, and are never deleted."""

    model = Registration
    name = "registrations"
    url_prefix = "registrations"
    menu_label = _("Registrations")
    menu_order = 20
    icon = "list-ul"
    form_fields = ["name", "organisation_text", "area"]
    search_fields = ["name", "organisation_text", "normalised_address"]
    list_filter = ["event", "state", "awaiting", "area"]
    index_view_class = RegistrationIndexView
    inspect_view_class = RegistrationRecordView
    inspect_view_enabled = True
    inspect_template_name = "engagement/backoffice/registration.html"

    def get_urlpatterns(self):
        return [
            *super().get_urlpatterns(),
            path("approve/<int:pk>/", ApproveView.as_view(), name="approve"),
            path("reject/<int:pk>/", RejectView.as_view(), name="reject"),
            path("cancel/<int:pk>/", CancelView.as_view(), name="cancel"),
            path("offer/<int:pk>/", OfferView.as_view(), name="offer"),
            path("attend/<int:pk>/", AttendView.as_view(), name="attend"),
        ]
