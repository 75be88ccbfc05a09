"""From which network answers come, as a mark that shows bursts and identifies nobody.

An address is never kept, and neither is anything it can be computed back from. The mark is a keyed
hash of the network (the /24 of an IPv4 address, the /48 of an IPv6 address), made with a random
key that lives in the shared cache for two days and is then gone. Of the hash three hexadecimal
digits are kept with the response: thousands of networks share each mark, so even who holds the key
learns no network from it, yet five hundred answers from one network stand out. Marks that are not
part of a burst are taken off the responses once their day is over (`forget_lone_marks`).

Mobile carriers put thousands of people behind one address. A crowded network therefore raises the
work asked of a browser and leads to a flag; it never refuses anybody.
"""

import hashlib
import hmac
import ipaddress
import secrets
from collections import Counter
from datetime import datetime, timedelta
from functools import lru_cache

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest

from surveys.models import Response, Wave

MARK_LENGTH = 3
# How many respondents of a wave may begin in one network within ten minutes before it counts as
# crowded, very crowded, overrun.
CROWDS = (20, 100, 300)
# A mark on fewer responses of a day is no burst, only a hint who answered beside whom.
SMALLEST_BURST = 20
_WINDOW = 300
_KEY_SECONDS = 2 * 24 * 3600

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def address_of(request: HttpRequest) -> str:
    """The visitor's address, or "" if none is known.

    `X-Forwarded-For` is believed only as far as `TRUSTED_PROXIES` wrote it: read from its end, the
    first address that is not one of them.
    """
    hops = [request.META.get("REMOTE_ADDR", "")]
    hops += reversed(request.META.get("HTTP_X_FORWARDED_FOR", "")[:2000].split(","))
    address = ""
    for hop in hops:
        parsed = _parsed(hop)
        if parsed is None:
            break
        address = str(parsed)
        if not any(parsed in network for network in settings.TRUSTED_PROXIES):
            break
    return address


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        parsed = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed


def network_of(address: str) -> Network | None:
    """The /24 or /48 around an address; None without one."""
    parsed = _parsed(address)
    if parsed is None:
        return None
    return ipaddress.ip_network((parsed, 24 if parsed.version == 4 else 48), strict=False)


def _digest(request: HttpRequest, wave: Wave, at: datetime) -> str:
    network = network_of(address_of(request))
    if network is None:
        return ""
    day = f"survey-network-key:{at:%Y-%m-%d}"
    text = f"{wave.token}:{network}".encode()
    return hmac.new(_key_of(day), text, hashlib.sha256).hexdigest()


@lru_cache(maxsize=2)
def _key_of(day: str) -> bytes:
    key = caches["shared"].get_or_set(day, lambda: secrets.token_hex(32), _KEY_SECONDS)
    return key.encode()


def mark_of(request: HttpRequest, wave: Wave, *, at: datetime) -> str:
    """What `paradata["network"]` holds: equal on one day for answers from one network."""
    return _digest(request, wave, at)[:MARK_LENGTH]


def note_begun(request: HttpRequest, wave: Wave, *, at: datetime) -> None:
    """Count one respondent who begins in this network, for the next ten minutes."""
    if digest := _digest(request, wave, at):
        counts, name = caches["guard"], _window(digest, at)
        # Two processes may count one visitor less between them; the limit is soft.
        if not counts.add(name, 1, 2 * _WINDOW):
            try:
                counts.incr(name)
            except ValueError:  # It went out of the cache in between.
                counts.set(name, 1, 2 * _WINDOW)


def crowd(request: HttpRequest, wave: Wave, *, at: datetime) -> int:
    """How crowded this network is just now: 0 (quiet) to 3 (overrun)."""
    digest = _digest(request, wave, at)
    if not digest:
        return 0
    names = [_window(digest, at - timedelta(seconds=back)) for back in (0, _WINDOW)]
    begun = sum(caches["guard"].get_many(names).values())
    return sum(begun >= limit for limit in CROWDS)


def _window(digest: str, at: datetime) -> str:
    return f"survey-begun:{digest[:32]}:{int(at.timestamp()) // _WINDOW}"


def forget_lone_marks(*, at: datetime) -> int:
    """Take the marks that show no burst off the responses of days that are over.

    Returns the number of responses changed. A week is looked at, so that a worker that stood
    still for some days catches up.
    """
    today = at.date()
    marked = Response.objects.filter(
        submitted_on__gte=today - timedelta(days=8),
        submitted_on__lt=today - timedelta(days=1),
        paradata__has_key="network",
    )
    groups = Counter(marked.values_list("wave_id", "submitted_on", "paradata__network"))
    lone = {group for group, many in groups.items() if many < SMALLEST_BURST}
    changed = []
    for response in marked.only("wave_id", "submitted_on", "paradata").iterator(chunk_size=2000):
        if (response.wave_id, response.submitted_on, response.paradata["network"]) in lone:
            del response.paradata["network"]
            changed.append(response)
    return Response.objects.bulk_update(changed, ["paradata"], batch_size=500) if changed else 0
