"""Where Mailjet posts its events. Stored raw first; everything else happens later."""

import hmac
import logging

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from campaigns import events
from indicators.wakeups import wake

logger = logging.getLogger(__name__)


@csrf_exempt
@require_POST
def mailjet(request: HttpRequest, secret: str) -> HttpResponse:
    """Store the facts and answer 200, the only answer that ends Mailjet's repeats.

    The path holds the secret, because Mailjet does not sign. Two may be valid during a change.
    """
    secrets = settings.MAILJET_WEBHOOK_SECRETS
    known = [hmac.compare_digest(secret.encode(), each.encode()) for each in secrets]
    if not any(known):
        raise Http404
    try:
        facts = events.parse(request.body)
    except ValueError as error:
        logger.warning("A webhook body was refused: %s", error)
        return HttpResponse(str(error), status=400, content_type="text/plain")
    events.store(facts, at=timezone.now())
    wake("campaigns.tick")
    return HttpResponse("ok", content_type="text/plain")
