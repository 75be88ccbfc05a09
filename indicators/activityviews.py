"""The public's view of work plans: totals and no titles.

Anybody may know how many activities stand, how far they are and which bodies lead them. What the
activities are is the bodies' own work plan and stays with them (see `Activity.visible_to`).
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from indicators import exports
from indicators.kept import kept_page
from indicators.models import Activity, Framework
from indicators.tabulation import pages, tabulate

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@kept_page("part")
def activity_tables(request: HttpRequest, slug: str) -> HttpResponse:
    """Table 1 of a framework, or with `part` the table of one of its parts."""
    framework = get_object_or_404(Framework, slug=slug)
    tables = tabulate(framework, Activity.objects.all())
    table = tables.of(request.GET.get("part", "")) or tables.overall
    return render(
        request,
        "indicators/activity_tables.html",
        {
            "framework": framework,
            "tables": tables,
            "page": pages.table_page(framework, table),
            "has_demonstration": Activity.objects.filter(is_demonstration=True).exists(),
        },
    )


@require_safe
def activity_tables_export(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """Every table of a framework as one file of flat rows."""
    framework = get_object_or_404(Framework, slug=slug)
    return tables_file(framework, Activity.objects.all(), form)


def tables_file(framework: Framework, activities, form: str) -> HttpResponse:
    """The tables over these activities as CSV or XLSX."""
    write = exports.csv_bytes if form == "csv" else exports.xlsx_bytes
    content = write(pages.HEADERS, pages.table_rows(tabulate(framework, activities)))
    response = HttpResponse(content, content_type=TYPES[form])
    day = timezone.now().date().isoformat()
    name = f"suara-activity-tables-{framework.slug}-{day}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
