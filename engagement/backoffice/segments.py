"""Segments with a live count and a preview of their members."""

from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views import View
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic

from engagement.backoffice import forms
from engagement.backoffice.guarded import EditView
from engagement.backoffice.stakeholders import (
    RecordView,
    StakeholderIndexView,
    StakeholderViewSet,
)
from engagement.errors import SegmentInvalid
from engagement.models import Person, Segment
from engagement.registry import segments


def members(definition: dict, user):
    """Who matches now, among the people this user may see."""
    found = segments.people_matching(definition, at=timezone.now())
    return found.filter(pk__in=Person.objects.visible_to(user).values("pk"))


def sentence(count: int) -> str:
    return ngettext(
        "%(count)s person belongs to it now.", "%(count)s people belong to it now.", count
    ) % {"count": count}


class SegmentIndexView(StakeholderIndexView):
    searches_names = False
    search_fields = ["name", "description"]
    default_ordering = "name"

    @cached_property
    def columns(self):
        def count(segment) -> str:
            # One counting query per segment; the list is short and paginated.
            try:
                return str(members(segment.definition, self.request.user).count())
            except SegmentInvalid:
                return "–"

        return [
            self.name_column("name", _("Segment")),
            Column("description", label=_("Description")),
            Column("area", label=_("Area"), accessor="area"),
            Column("people", label=_("People now"), accessor=count, classname="num"),
        ]

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("area")


class SegmentRecordView(RecordView):
    PREVIEW = 50

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        try:
            found = members(self.object.definition, self.request.user)
            context |= {
                "count": found.count(),
                "sentence": sentence(found.count()),
                "people": found.select_related("area")
                .prefetch_related("addresses", *_PLACES)
                .order_by("display_name")[: self.PREVIEW],
                "preview": self.PREVIEW,
            }
        except SegmentInvalid as error:
            context["problems"] = [text for _key, text in error.problems]
        context["filters"] = describe(self.object)
        return context


_PLACES = ("affiliations__organisation",)


def describe(segment: Segment) -> list[tuple[str, str]]:
    """The definition in words: each filter's label with its chosen values."""
    form = forms.SegmentForm(instance=segment)
    rows = []
    for name, field in form.fields.items():
        value = form.initial.get(name)
        if name in {"name", "description", "area"} or not value:
            continue
        labels = dict(getattr(field, "choices", [])) if hasattr(field, "choices") else {}
        values = value if isinstance(value, list) else [value]
        rows.append(
            (
                str(field.label),
                ", ".join(str(labels.get(v, _("yes") if v is True else v)) for v in values),
            )
        )
    return rows


class CountView(View):
    """How many people the filters of a form not saved yet would find."""

    def get(self, request):
        if not request.user.has_perm("engagement.view_segment"):
            raise PermissionDenied
        form = forms.SegmentForm(request.GET, instance=Segment(), for_user=request.user)
        # Only the filters count here: the name may well be that of the segment being changed.
        del form.fields["name"], form.fields["description"]
        if not form.is_valid():
            problems = [text for errors in form.errors.values() for text in errors]
            return JsonResponse({"problems": problems}, status=422)
        found = members(form.instance.definition, request.user).count()
        return JsonResponse({"count": found, "sentence": sentence(found)})


class _SegmentForm:
    template_name = "engagement/backoffice/segment_form.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["count_url"] = reverse("registry_segments:count")
        return context

    def get_success_url(self):
        return reverse("registry_segments:inspect", args=[self.object.pk])


class SegmentCreateView(_SegmentForm, generic.CreateView):
    def save_instance(self):
        self.form.instance.created_by = self.request.user
        return super().save_instance()


class SegmentEditView(_SegmentForm, EditView):
    pass


class SegmentViewSet(StakeholderViewSet):
    model = Segment
    name = "registry_segments"
    url_prefix = "stakeholders/segments"
    menu_label = _("Segments")
    menu_order = 40
    icon = "group"
    record_form = forms.SegmentForm
    index_view_class = SegmentIndexView
    inspect_view_class = SegmentRecordView
    add_view_class = SegmentCreateView
    edit_view_class = SegmentEditView
    inspect_template_name = "engagement/backoffice/segment.html"
    create_template_name = "engagement/backoffice/segment_form.html"
    edit_template_name = "engagement/backoffice/segment_form.html"

    def get_urlpatterns(self):
        return [*super().get_urlpatterns(), path("count/", CountView.as_view(), name="count")]
