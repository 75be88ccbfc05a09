"""The public pages of the ledger, and its values as files."""

from indicators.views.detail import detail
from indicators.views.files import export, export_one, table_export
from indicators.views.frameworks import printed_tables
from indicators.views.overview import table

__all__ = ["detail", "export", "export_one", "printed_tables", "table", "table_export"]
