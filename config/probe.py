"""Ask the local web server how it is, as its proxy would: `python -m config.probe`.

For container health checks; loads no Django, so that asking costs next to nothing.
"""

import sys
import urllib.error
import urllib.request

from config import env


def main() -> int:
    """Return 0 when /health/ answers 200, else 1 with what it said."""
    host = next(iter(env.words("ALLOWED_HOSTS", "127.0.0.1")))
    request = urllib.request.Request(
        f"http://127.0.0.1:{env.number('PORT', 8000)}/health/",
        headers={"Host": host, "X-Forwarded-Proto": "https"},
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
            sys.stdout.write(answer.read().decode() + "\n")
    except urllib.error.HTTPError as error:
        sys.stderr.write(f"{error.code}: {error.read().decode(errors='replace')[:500]}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"The web server does not answer: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
