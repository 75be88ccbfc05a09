"""The Review's tables for staff: of all work plans, of one body, of one year."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from indicators.activityviews import tables_file
from indicators.backoffice.access import needs
from indicators.models import Activity, Framework, SectoralBody
from indicators.models.activities import ActivityQuerySet
from indicators.services.activities import FIRST_YEAR, LAST_YEAR
from indicators.tabulation import pages, tabulate


class TablesFilter(forms.Form):
    """What is counted. What is not understood filters nothing."""

    framework = forms.ChoiceField(label=gettext_lazy("Framework"), required=False)
    part = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)
    body = forms.ChoiceField(label=gettext_lazy("Led or supported by"), required=False)
    year = forms.IntegerField(
        label=gettext_lazy("In the year"),
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        required=False,
    )

    def __init__(self, *args: Any, frameworks: list[Framework], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.frameworks = {framework.slug: framework for framework in frameworks}
        self.fields["framework"].choices = [
            (framework.slug, str(framework)) for framework in frameworks
        ]
        self.fields["body"].choices = [
            ("", _("all bodies")),
            *((body.acronym, body.acronym) for body in SectoralBody.objects.all()),
        ]

    def chosen(self, name: str) -> Any:
        """The value of a filter that was understood, else nothing."""
        self.is_valid()
        return self.cleaned_data.get(name)

    @property
    def chosen_framework(self) -> Framework | None:
        """The framework asked for, else the first."""
        wanted = self.frameworks.get(self.chosen("framework"))
        return wanted or next(iter(self.frameworks.values()), None)

    def apply(self, activities: ActivityQuerySet) -> ActivityQuerySet:
        """The activities that are counted."""
        if body := self.chosen("body"):
            activities = activities.of_body(body)
        if year := self.chosen("year"):
            activities = activities.in_year(year)
        return activities


@require_safe
@needs("view_activity")
def show(request: HttpRequest) -> HttpResponse:
    """One table with its charts; the printed figures stand beside it where nothing is filtered."""
    filters = _filters(request)
    framework = filters.chosen_framework
    tables = page = None
    if framework is not None:
        tables = tabulate(framework, filters.apply(Activity.objects.visible_to(request.user)))
        table = tables.of(filters.chosen("part") or "") or tables.overall
        page = pages.table_page(framework, table)
    query = request.GET.copy()
    query.pop("part", None)
    return render(
        request,
        "indicators/backoffice/activity_tables.html",
        {
            "page_title": _("Tables of activities"),
            "page_subtitle": str(framework or ""),
            "header_icon": "table",
            "filters": filters,
            "framework": framework,
            "tables": tables,
            "page": page,
            "is_filtered": bool(filters.chosen("body") or filters.chosen("year")),
            "query": query.urlencode(),
        },
    )


@require_safe
@needs("view_activity")
def export(request: HttpRequest, form: str) -> HttpResponse:
    """The tables as they are filtered, as a file."""
    filters = _filters(request)
    if filters.chosen_framework is None:
        raise Http404(_("There is no framework yet."))
    activities = filters.apply(Activity.objects.visible_to(request.user))
    return tables_file(filters.chosen_framework, activities, form)


def _filters(request: HttpRequest) -> TablesFilter:
    return TablesFilter(
        request.GET,
        frameworks=list(
            Framework.objects.exclude(nodes=None).exclude(nodes__kind="survey").distinct()
        ),
    )
