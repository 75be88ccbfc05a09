"""Campaigns, mailings and outreach activities as lists and forms in Wagtail's admin."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, InlinePanel, MultiFieldPanel
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup

from campaigns import services
from campaigns.backoffice import actions, steps
from campaigns.errors import WrongState
from campaigns.models import Campaign, Mailing, OutreachActivity, Suppression
from engagement.models import Segment
from indicators.models import Indicator


class VisibleIndexView(generic.IndexView):
    """A list of what the user may see, and nothing else."""

    def get_base_queryset(self):
        return self.model.objects.visible_to(self.request.user)


class VisibleObject:
    """A form of a record the user may see; any other is not found."""

    def get_object(self, queryset=None):
        found = self.model.objects.visible_to(self.request.user).filter(pk=self.kwargs["pk"])
        if (record := found.first()) is None:
            raise Http404
        return record


class VisibleEditView(VisibleObject, generic.EditView):
    pass


class VisibleDeleteView(VisibleObject, generic.DeleteView):
    pass


class CampaignIndexView(VisibleIndexView):
    @cached_property
    def columns(self):
        return [
            self._get_title_column("__str__"),
            DateColumn("starts_on", label=_("From"), sort_key="starts_on"),
            DateColumn("ends_on", label=_("Until"), sort_key="ends_on"),
            Column(
                "mailings", label=_("Mailings"), accessor=lambda row: row.mailings.all().__len__()
            ),
            Column("owner", label=_("Owner"), accessor="owner"),
        ]

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("owner").prefetch_related("mailings")


class _CampaignForm:
    """What setting up and changing a campaign share."""

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        chosen = form.instance.indicators.values_list("pk", flat=True) if form.instance.pk else ()
        form.fields["indicators"].queryset = Indicator.objects.described(chosen=chosen)
        return form


class CampaignCreateView(_CampaignForm, generic.CreateView):
    def save_instance(self):
        self.form.instance.owner = self.form.instance.owner or self.request.user
        return super().save_instance()


class CampaignEditView(_CampaignForm, VisibleEditView):
    pass


class CampaignViewSet(ModelViewSet):
    model = Campaign
    name = "campaigns_office"
    url_prefix = "campaigns/campaigns"
    menu_label = _("Campaigns")
    icon = "calendar-check"
    menu_order = 10
    copy_view_enabled = False
    index_view_class = CampaignIndexView
    add_view_class = CampaignCreateView
    edit_view_class = CampaignEditView
    delete_view_class = VisibleDeleteView
    search_fields = ["title", "summary"]
    panels = [
        FieldPanel("title"),
        FieldPanel("slug"),
        FieldPanel("summary"),
        FieldRowPanel([FieldPanel("starts_on"), FieldPanel("ends_on")]),
        MultiFieldPanel(
            [FieldPanel("nodes"), FieldPanel("indicators")], heading=_("Objectives in the plan")
        ),
        MultiFieldPanel(
            [FieldPanel("surveys"), FieldPanel("events")], heading=_("What belongs to it")
        ),
        FieldPanel("owner"),
    ]


class MailingIndexView(VisibleIndexView):
    list_filter = ["state", "campaign"]

    @cached_property
    def columns(self):
        return [
            TitleColumn("title", label=_("Mailing"), get_url=_overview, sort_key="title"),
            Column("campaign", label=_("Campaign"), accessor="campaign"),
            Column("segment", label=_("Segment"), accessor="segment"),
            Column("state", label=_("State"), accessor="get_state_display", sort_key="state"),
            Column("recipients", label=_("In the list"), accessor="recipients"),
            DateColumn("started_at", label=_("Started"), sort_key="started_at"),
        ]

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("campaign", "segment")


def _overview(mailing: Mailing) -> str:
    return reverse("mailings:overview", args=[mailing.token])


class _MailingForm:
    """What writing and changing a mailing share."""

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        if "segment" in form.fields:
            form.fields["segment"].queryset = Segment.objects.visible_to(self.request.user)
        return form

    def get_success_url(self):
        return _overview(self.object)

    def get_success_buttons(self):
        return []


class MailingCreateView(_MailingForm, generic.CreateView):
    def save_instance(self):
        self.form.instance.author = self.request.user
        return super().save_instance()

    def get_initial(self):
        return {**super().get_initial(), "reply_to": self.request.user.email}


class MailingEditView(_MailingForm, VisibleEditView):
    def dispatch(self, request, *args, **kwargs):
        mailing = self.get_object()
        if not mailing.is_editable:
            messages.error(
                request,
                _("“%(title)s” is %(state)s and can no longer be changed.")
                % {"title": mailing.title, "state": mailing.get_state_display()},
            )
            return redirect(_overview(mailing))
        return super().dispatch(request, *args, **kwargs)

    def save_instance(self):
        try:
            services.changed(
                mailing=Mailing.objects.get(pk=self.object.pk),
                by=self.request.user,
                at=timezone.now(),
            )
        except WrongState as error:
            raise PermissionDenied(str(error)) from error
        # The service moved the state in the database: the form's copy must not write it back.
        fresh = Mailing.objects.get(pk=self.object.pk)
        for column in ("state", "state_reason", "approver_id", "approved_at", "approved_digest"):
            setattr(self.form.instance, column, getattr(fresh, column))
        return super().save_instance()


class MailingDeleteView(VisibleDeleteView):
    def dispatch(self, request, *args, **kwargs):
        mailing = self.get_object()
        if mailing.state != Mailing.State.DRAFTING:
            messages.error(
                request, _("Only a draft can be deleted; this one is part of the record.")
            )
            return redirect(_overview(mailing))
        return super().dispatch(request, *args, **kwargs)


class MailingViewSet(ModelViewSet):
    model = Mailing
    name = "mailings"
    url_prefix = "campaigns/mailings"
    menu_label = _("Mailings")
    icon = "mail"
    menu_order = 20
    copy_view_enabled = False
    index_view_class = MailingIndexView
    add_view_class = MailingCreateView
    edit_view_class = MailingEditView
    delete_view_class = MailingDeleteView
    search_fields = ["title"]
    list_filter = ["state", "campaign"]
    panels = [
        MultiFieldPanel(
            [
                FieldPanel("title"),
                FieldRowPanel([FieldPanel("campaign"), FieldPanel("segment")]),
                FieldRowPanel([FieldPanel("purpose"), FieldPanel("default_language")]),
                FieldRowPanel([FieldPanel("sender_name"), FieldPanel("reply_to")]),
                FieldPanel("tracks_links"),
            ],
            heading=_("Who writes to whom"),
        ),
        HelpPanel(template="campaigns/backoffice/merge_help.html", heading=_("Merge fields")),
        InlinePanel(
            "contents",
            heading=_("Text, once per language"),
            label=_("Language"),
            min_num=1,
            panels=[
                FieldPanel("language"),
                FieldPanel("subject"),
                FieldPanel("preheader"),
                FieldPanel("body"),
            ],
        ),
    ]

    def get_urlpatterns(self):
        return super().get_urlpatterns() + [
            path("m/<str:token>/", steps.overview, name="overview"),
            path("m/<str:token>/audience/", steps.audience, name="audience"),
            path("m/<str:token>/preview/", steps.preview, name="preview"),
            path("m/<str:token>/preview/html/", steps.preview_html, name="preview_html"),
            path("m/<str:token>/recipients/", steps.recipients, name="recipients"),
            path("m/<str:token>/recipients.csv", steps.recipients_csv, name="recipients_csv"),
            path("m/<str:token>/progress.json", steps.progress, name="progress"),
            path("m/<str:token>/do/<slug:action>/", actions.do, name="do"),
        ]


class OutreachIndexView(VisibleIndexView):
    @cached_property
    def columns(self):
        return [
            self._get_title_column("title"),
            Column("kind", label=_("Kind"), accessor="get_kind_display", sort_key="kind"),
            DateColumn("held_on", label=_("Date"), sort_key="held_on"),
            Column("campaign", label=_("Campaign"), accessor="campaign"),
            Column("area", label=_("Area"), accessor="area"),
            Column("reach", label=_("People reached"), accessor="reach", sort_key="reach"),
            Column("reach_source", label=_("Who says so"), accessor="reach_source"),
        ]

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("campaign", "area")


class OutreachViewSet(ModelViewSet):
    model = OutreachActivity
    name = "outreach"
    url_prefix = "campaigns/outreach"
    menu_label = _("Outreach")
    icon = "comment"
    menu_order = 30
    copy_view_enabled = False
    index_view_class = OutreachIndexView
    edit_view_class = VisibleEditView
    delete_view_class = VisibleDeleteView
    search_fields = ["title", "summary"]
    list_filter = ["kind", "campaign", "area"]
    panels = [
        FieldPanel("title"),
        FieldRowPanel([FieldPanel("campaign"), FieldPanel("kind")]),
        FieldRowPanel([FieldPanel("held_on"), FieldPanel("language")]),
        FieldRowPanel([FieldPanel("area"), FieldPanel("node")]),
        FieldPanel("outlet"),
        FieldPanel("summary"),
        FieldRowPanel([FieldPanel("url"), FieldPanel("embargo_until")]),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("reach"), FieldPanel("reach_source")]),
                FieldPanel("evidence"),
            ],
            heading=_("Reach and evidence"),
        ),
        FieldPanel("next_step"),
    ]


class SuppressionIndexView(generic.IndexView):
    @cached_property
    def columns(self):
        return [
            Column(
                "address_hash",
                label=_("Address (hash)"),
                accessor=lambda row: row.address_hash[:16],
            ),
            Column("reason", label=_("Reason"), accessor="get_reason_display", sort_key="reason"),
            Column("source", label=_("Source"), accessor="source"),
            DateColumn("at", label=_("Since"), sort_key="at"),
        ]


class SuppressionViewSet(ModelViewSet):
    """A list only: addresses come here by bounces, complaints and wishes, not by forms."""

    model = Suppression
    name = "suppressions"
    url_prefix = "campaigns/suppressions"
    menu_label = _("Suppressions")
    icon = "no-view"
    menu_order = 40
    copy_view_enabled = False
    add_to_reference_index = False
    index_view_class = SuppressionIndexView
    exclude_form_fields: list[str] = []

    def get_urlpatterns(self):
        return [
            each for each in super().get_urlpatterns() if each.name in {"index", "index_results"}
        ]

    def get_common_view_kwargs(self, **kwargs):
        nothing = dict.fromkeys(
            f"{word}_url_name" for word in ("add", "edit", "delete", "history", "usage")
        )
        return super().get_common_view_kwargs(**{**nothing, **kwargs})

    def register_admin_url_finder(self):
        """There is no form to find."""


class CampaignsGroup(ModelViewSetGroup):
    menu_label = _("Campaigns")
    menu_icon = "mail"
    menu_order = 230
    items = (CampaignViewSet, MailingViewSet, OutreachViewSet, SuppressionViewSet)
