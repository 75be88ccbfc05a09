"""Every address of the site. Wagtail's pages come last: they answer whatever is left."""

from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import RedirectView
from django.views.i18n import set_language
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from cms.views.problems import page_not_found
from config.health import health
from config.media import picture
from surveys.views import invitation

urlpatterns = [
    # Wagtail's own two sign-ins would not ask for the second factor.
    path("office/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("_util/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    # Wagtail answers here with an error on purpose, for its own tests.
    path("office/failwhale/", page_not_found),
    path("health/", health, name="health"),
    path("media/images/<path:path>", picture, name="picture"),
    path("office/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("accounts/", include("allauth.urls")),
    # Changes a preference only; exempt so that pages need no token and stay free of cookies.
    path("language/", csrf_exempt(set_language), name="set_language"),
    path("indicators/", include("indicators.urls")),
    path("", include("engagement.urls")),
    path("surveys/", include("surveys.urls")),
    # Short, because it is printed and typed. Never write these addresses to a log.
    path("s/<str:secret>/", invitation, name="survey_invitation"),
    path("", include("campaigns.urls")),
    path("", include("cms.urls")),
    path("", include(wagtail_urls)),
]

handler400 = "cms.views.problems.bad_request"
handler403 = "cms.views.problems.permission_denied"
handler404 = "cms.views.problems.page_not_found"
handler500 = "cms.views.problems.server_error"
