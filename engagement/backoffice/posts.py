"""Posts with their holders over time; vacant ones are shown first."""

from django.db.models import Case, Exists, OuterRef, Prefetch, Value, When
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import HeaderButton

from engagement import services
from engagement.backoffice import forms
from engagement.backoffice.guarded import EditView, visible_or_404
from engagement.backoffice.stakeholders import (
    RecordView,
    StakeholderIndexView,
    StakeholderViewSet,
)
from engagement.errors import HoldingsOverlap
from engagement.models import Interaction, Person, Post, PostHolding
from engagement.models.periods import in_force
from engagement.registry.visibility import today


def holder_text(post) -> str:
    """Today's holder from the prefetched holdings, or that the post is vacant."""
    holding = post.holder(today())
    if holding is None:
        if post.abolished_on and post.abolished_on <= today():
            return gettext("abolished")
        return format_html('<span class="w-status w-status--primary">{}</span>', gettext("vacant"))
    name = str(holding.person)
    return gettext("%(name)s (acting)") % {"name": name} if holding.is_acting else name


class PostIndexView(StakeholderIndexView):
    searches_names = False
    search_fields = ["title"]
    list_filter = ["kind", "area", "body"]

    def get_base_queryset(self):
        held = PostHolding.objects.filter(in_force(today()), post=OuterRef("pk"))
        return (
            super()
            .get_base_queryset()
            .select_related("area", "body")
            .prefetch_related(Prefetch("holdings", PostHolding.objects.select_related("person")))
            .annotate(held=Case(When(Exists(held), then=Value(1)), default=Value(0)))
        )

    def order_queryset(self, queryset):
        if not self.is_explicitly_ordered:
            return queryset.order_by("held", "title")
        return super().order_queryset(queryset)

    @cached_property
    def columns(self):
        return [
            self.name_column("title", _("Post")),
            Column("holder", label=_("Holder"), accessor=holder_text),
            Column("kind", label=_("Kind"), accessor="get_kind_display", sort_key="kind"),
            Column("body", label=_("Sectoral body"), accessor="body.acronym"),
            Column("area", label=_("Area"), accessor="area", sort_key="area__name"),
        ]


class PostRecordView(RecordView):
    @cached_property
    def header_buttons(self):
        buttons = list(super().header_buttons)
        if self.request.user.has_perm("engagement.add_postholding"):
            url = reverse("registry_posts:appoint", args=[self.object.pk])
            buttons.append(HeaderButton(_("Appoint a holder"), url=url, icon_name="plus"))
        return buttons

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        post, user, on = self.object, self.request.user, today()
        holdings = list(post.holdings.select_related("person"))
        visible = set(
            Person.objects.visible_to(user)
            .filter(pk__in=[holding.person_id for holding in holdings])
            .values_list("pk", flat=True)
        )
        context |= {
            "holdings": [(h, h.holds(on), h.person_id in visible) for h in holdings],
            "is_vacant": not any(h.holds(on) for h in holdings),
            "may_end": user.has_perm("engagement.change_postholding"),
            "interactions": Interaction.objects.visible_to(user)
            .filter(posts=post)
            .select_related("recorded_by")
            .prefetch_related("people")[:100],
        }
        return context


class _PostFormView(View):
    permission = ""
    title = ""

    def dispatch(self, request, pk, *args, **kwargs):
        if not request.user.has_perm(self.permission):
            raise Http404("This is not among your rights.")
        self.load(request, pk)
        return super().dispatch(request, pk, *args, **kwargs)

    def get(self, request, pk):
        return self.page(self.form(), 200)

    def post(self, request, pk):
        form = self.form(request.POST)
        if form.is_valid():
            try:
                self.save(form)
            except HoldingsOverlap as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, self.success)
                return redirect("registry_posts:inspect", self.of.pk)
        return self.page(form, 422)

    def page(self, form, status):
        context = {
            "form": form,
            "header_title": self.title,
            "page_title": self.title,
            "page_subtitle": self.subtitle,
            "back_url": reverse("registry_posts:inspect", args=[self.of.pk]),
            "media": form.media,
        }
        return render(self.request, "engagement/backoffice/small_form.html", context, status=status)


class AppointView(_PostFormView):
    permission = "engagement.add_postholding"
    title = _("Appoint a holder")
    success = _("The holder was appointed.")

    def load(self, request, pk):
        self.of = visible_or_404(request, Post, pk)
        self.subtitle = str(self.of)

    def form(self, data=None):
        return forms.AppointForm(data, user=self.request.user, initial={"start": today()})

    def save(self, form):
        services.appoint(post=self.of, **form.cleaned_data)


class EndHoldingView(_PostFormView):
    permission = "engagement.change_postholding"
    title = _("End the term")
    success = _("The term was ended.")

    def load(self, request, pk):
        self.holding = PostHolding.objects.filter(pk=pk).select_related("person", "post").first()
        if self.holding is None:
            raise Http404("No holding has this address.")
        self.of = visible_or_404(request, Post, self.holding.post_id)
        self.subtitle = str(self.holding)

    def form(self, data=None):
        return forms.EndHoldingForm(data, initial={"on": today()})

    def save(self, form):
        services.end_holding(holding=self.holding, on=form.cleaned_data["on"])


class PostEditView(EditView):
    def get_success_url(self):
        return reverse("registry_posts:inspect", args=[self.object.pk])


class PostViewSet(StakeholderViewSet):
    model = Post
    name = "registry_posts"
    url_prefix = "stakeholders/posts"
    menu_label = _("Posts")
    menu_order = 30
    icon = "tag"
    record_form = forms.PostForm
    index_view_class = PostIndexView
    inspect_view_class = PostRecordView
    edit_view_class = PostEditView
    inspect_template_name = "engagement/backoffice/post.html"
    list_filter = ["kind", "area", "body"]

    def get_urlpatterns(self):
        return [
            *super().get_urlpatterns(),
            path("appoint/<int:pk>/", AppointView.as_view(), name="appoint"),
            path("end/<int:pk>/", EndHoldingView.as_view(), name="end"),
        ]
