"""What must be shown on an open link before answers may be handed in."""

from surveys.models import Response, Wave


def is_guarded(wave: Wave, response: Response) -> bool:
    """Whether the wave's protection is meant for this response; invited people are known."""
    return wave.protection != Wave.Protection.OFF and response.source == Response.Source.OPEN


def lacks_proof(wave: Wave, response: Response) -> bool:
    """Whether something must still be shown before this response may be handed in.

    On a quiet network an adaptive wave lets a respondent without a script pass; the response is
    flagged.
    """
    if not is_guarded(wave, response) or response.paradata.get("proof") in ("work", "question"):
        return False
    return wave.protection == Wave.Protection.ALWAYS or bool(response.paradata.get("crowd"))
