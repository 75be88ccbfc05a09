"""Random words for public addresses, so that no page gives away a row number."""

import secrets


def new_token(nbytes: int = 12) -> str:
    """A random URL-safe text; 12 bytes give 16 characters.

    It never begins with a dash, which commands take for an option and spreadsheets for a formula.
    """
    while True:
        token = secrets.token_urlsafe(nbytes)
        if not token.startswith("-"):
            return token
