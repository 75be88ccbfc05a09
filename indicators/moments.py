"""What a crowd of visitors asks for at once, read from the database once a moment.

Only for what every visitor may see and nothing is decided by: whether a wave takes answers, what a
quota has left and who has answered are read from the database each time they decide something.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from django.conf import settings

_MOST = 200

Value = TypeVar("Value")


def kept_for_a_moment(read: Callable[..., Value]) -> Callable[..., Value]:
    """Keep what `read` returns for its arguments in this process, `settings.MOMENT` seconds long.

    None is not kept: what is not there yet is found as soon as it is. The value is shared by
    everybody who asks, so nobody may change it. With a moment of 0 nothing is kept; `forget()` of
    the returned function drops what is.
    """
    kept: dict[tuple, tuple[float, Value]] = {}

    @wraps(read)
    def asked(*arguments: object) -> Value:
        if settings.MOMENT <= 0:
            return read(*arguments)
        now = time.monotonic()
        until, value = kept.get(arguments, (0.0, None))
        if value is not None and now < until:
            return value
        value = read(*arguments)
        if value is not None:
            if len(kept) >= _MOST:
                kept.clear()
            kept[arguments] = (now + settings.MOMENT, value)
        return value

    asked.forget = kept.clear
    return asked
