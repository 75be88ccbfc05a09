"""The comment matrix: every comment on a draft with its answer, as a spreadsheet."""

from collections.abc import Iterable
from io import BytesIO

from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from engagement.models import Comment


def rows(comments: Iterable[Comment]) -> list[list[str]]:
    """One row of words for each comment, in the order given. Hidden and withdrawn are marked.

    Reads text, version, provision, area, organisation and disposition: select them.
    """
    found = []
    for comment in comments:
        answer = getattr(comment, "disposition", None)
        found.append(
            [
                comment.text.provision.code,
                str(comment.text.version.number),
                comment.text.text,
                comment.quote,
                str(comment.area or ""),
                comment.on_behalf_of or str(comment.organisation or ""),
                str(comment.organisation.category) if comment.organisation else "",
                comment.name,
                comment.get_source_display(),
                f"{comment.submitted_at:%Y-%m-%d}",
                comment.get_state_display(),
                comment.hidden_rule,
                comment.body,
                comment.proposed_wording,
                comment.reason,
                answer.get_outcome_display() if answer else "",
                answer.reason if answer else "",
                answer.resulting_text if answer else "",
            ]
        )
    return found


def headers() -> list[str]:
    """The names of the columns, in the reader's language."""
    return [
        _("Measure"),
        _("Version"),
        _("Text commented on"),
        _("Words it is about"),
        _("Area"),
        _("On behalf of"),
        _("Category"),
        _("Name"),
        _("Source"),
        _("Made"),
        _("State"),
        _("Rule it breaks"),
        _("Comment"),
        _("Proposed wording"),
        _("Reason"),
        _("Answer"),
        _("Reason of the answer"),
        _("Resulting text"),
    ]


WIDE = {2, 12, 13, 14, 16, 17}


def workbook(comments: Iterable[Comment]) -> bytes:
    """The matrix as an XLSX file. Cells are texts, so nothing somebody wrote is ever calculated."""
    out = BytesIO()
    with Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(_("Comments")[:31])
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        body = book.add_format({"text_wrap": True, "valign": "top"})
        for column, title in enumerate(headers()):
            sheet.write_string(0, column, title, head)
            sheet.set_column(column, column, 45 if column in WIDE else 16)
        number = 0
        for number, row in enumerate(rows(comments), start=1):
            for column, text in enumerate(row):
                sheet.write_string(number, column, text[:32_767], body)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, number, len(headers()) - 1)
    return out.getvalue()
