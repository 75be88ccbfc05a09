"""What every public view answers with when it cannot do what was asked."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import select_template

API = "/indicators/api/v1/"


def problem(
    request: HttpRequest,
    status: int,
    title: str,
    text: str,
    action_url: str = "",
    action_label: str = "",
) -> HttpResponse:
    """Answer with the site's error page, or below the API with its JSON document: what is wrong (`title`), why (`text`), and one way on.

    `status` is the HTTP status; `errors/<status>.html` is used, or `errors/400.html` where no
    template of that number exists.
    """
    if request.path.startswith(API):
        # The API reads models, which are not there yet when this module is first imported.
        from indicators.api.problems import problem as document

        return document(status, text or title)
    template = select_template([f"errors/{status}.html", "errors/400.html"])
    context = {
        "status": status,
        "title": title,
        "text": text,
        "action_url": action_url,
        "action_label": action_label,
    }
    return HttpResponse(template.render(context, request), status=status)
