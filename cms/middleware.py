"""A content policy for the back office.

Wagtail's admin carries inline styles and handlers, so it cannot live under the site's policy;
without any it would be the easier target. This one allows inline code but nothing from elsewhere.
"""

from django.conf import settings

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "frame-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
HEADER = "Content-Security-Policy"


class OfficeContentPolicy:
    """Gives answers under the prefixes that the site's policy leaves out a policy of their own."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.prefixes = tuple(settings.CONTENT_SECURITY_POLICY["EXCLUDE_URL_PREFIXES"])

    def __call__(self, request):
        response = self.get_response(request)
        if request.path.startswith(self.prefixes):
            response.headers.setdefault(HEADER, POLICY)
        return response
