"""Pictures that editors uploaded, as the site shows them."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.cache import cache_control
from django.views.static import serve


@cache_control(public=True, max_age=86_400)
def picture(request: HttpRequest, path: str) -> HttpResponseBase:
    """Serve a rendition below `MEDIA_ROOT/images`.

    Originals and documents lie beside that folder and are not reachable here: documents go through
    Wagtail's own view, which asks who may read them.
    """
    return serve(request, path, document_root=settings.MEDIA_ROOT / "images")
