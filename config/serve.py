"""Serving the site: `python -m config.serve`, with `HOST`, `PORT` and `WEB_CONCURRENCY`.

granian reads requests outside Python, so hundreds of idle or slow connections occupy nobody
(measured: gunicorn's threaded workers stopped answering at thirty); two Python threads in each
process, so that one computes while the other waits for the database.
"""

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from config import env
from config.parenthood import end_with_parent


def main() -> None:
    """Serve until SIGTERM or SIGINT; requests under way are finished first."""
    end_with_parent()
    Granian(
        "config.wsgi:application",
        address=env.text("HOST", "127.0.0.1"),
        port=env.number("PORT", 8000, minimum=1),
        interface=Interfaces.WSGI,
        workers=env.number("WEB_CONCURRENCY", 2, minimum=1),
        blocking_threads=2,
        websockets=False,
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
        log_access=env.flag("ACCESS_LOG"),
    ).serve()


if __name__ == "__main__":
    main()
