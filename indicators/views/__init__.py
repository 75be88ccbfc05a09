"""The public pages of the ledger, and its values as files."""

from indicators.views.areas import areas, country
from indicators.views.changes import changes, changes_feed
from indicators.views.comparison import compare
from indicators.views.detail import detail, value
from indicators.views.embed import embed
from indicators.views.files import catalogue, export, export_one, structure, table_export
from indicators.views.frameworks import beside, printed_tables
from indicators.views.guide import before_versions, guide
from indicators.views.overview import table
from indicators.views.reports import report, report_pdf, reports

__all__ = [
    "areas",
    "beside",
    "before_versions",
    "catalogue",
    "changes",
    "changes_feed",
    "compare",
    "country",
    "detail",
    "embed",
    "export",
    "export_one",
    "guide",
    "printed_tables",
    "report",
    "report_pdf",
    "reports",
    "structure",
    "table",
    "table_export",
    "value",
]
