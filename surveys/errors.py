"""What can go wrong when people ask and answer. Views turn these into pages."""


class SurveyError(Exception):
    """A rule of `surveys` says no. The text is a sentence for people."""


class WaveNotOpen(SurveyError):
    """The wave takes no answers now: not yet open, paused or closed."""


class NothingAsked(SurveyError):
    """No question of the questionnaire applies to this respondent."""


class NothingStarted(SurveyError):
    """No unfinished response belongs to this respondent."""


class AlreadySubmitted(SurveyError):
    """This respondent has handed in this questionnaire. `receipt` is their code, if known."""

    def __init__(self, message: str, *, receipt: str = "") -> None:
        super().__init__(message)
        self.receipt = receipt


class InvitationRefused(SurveyError):
    """The link or the lack of one does not let this respondent in. `kind` says why."""

    def __init__(self, message: str, *, kind: str) -> None:
        super().__init__(message)
        self.kind = kind


class InvitationKeyChanged(SurveyError):
    """The server's key is not the one an invitation's link was made with."""


class AnswersRefused(SurveyError):
    """Some answers cannot be stored; `messages` maps a field name to its sentences."""

    def __init__(self, messages: dict[str, list[str]], *, page: str = "") -> None:
        super().__init__("; ".join(text for texts in messages.values() for text in texts))
        self.messages = messages
        self.page = page


class ForeignPageKey(SurveyError):
    """The page's key is not one we signed for this respondent and wave."""


class UnknownReceipt(SurveyError):
    """No response of this wave has this receipt code."""


class TransitionRefused(SurveyError):
    """A wave cannot go from its state to the one asked for, or a reason is missing."""


class PlanDoesNotFit(SurveyError):
    """The analysis plan names a question, answer or breakdown the questionnaire lacks.

    `problems` maps the column at fault to its sentence.
    """

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


class WaveRefused(SurveyError):
    """A wave cannot be made, changed or deleted like this; `field` names the column at fault."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class QuotaRefused(SurveyError):
    """A quota cannot be made or changed like this."""


class QuotaNotEvaluated(SurveyError):
    """Whether a response belongs to a quota cannot be told; it is not submitted."""


class ExclusionRefused(SurveyError):
    """An exclusion cannot be made or taken back like this."""


class SchemeRefused(SurveyError):
    """A weighting scheme does not add up; `sentences` says every reason."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


class TranslationRefused(SurveyError):
    """A translation cannot be written: the version is published or the language is not there."""


class TranslationFileRefused(SurveyError):
    """A translators' file cannot be read at all."""


class PublishingRefused(SurveyError):
    """A draft cannot be published now; the text says what has to happen first."""


class ExportRefused(SurveyError):
    """The export asked for cannot be made in this format."""


class EditRefused(SurveyError):
    """An edit of a draft cannot be stored. `fields` maps a field of the form to its sentences."""

    def __init__(self, message: str, *, fields: dict[str, list[str]] | None = None) -> None:
        super().__init__(message)
        self.fields = fields or {}


class StaleEdit(EditRefused):
    """Somebody else has changed the draft since it was opened.

    `edits` are their steps, the newest first; `revision` is the draft's number now.
    """

    def __init__(self, message: str, *, edits: list, revision: int) -> None:
        super().__init__(message)
        self.edits = edits
        self.revision = revision


class ExportTakenOver(SurveyError):
    """Another process has claimed the export that this one was making."""


class ImportRefused(SurveyError):
    """An uploaded form cannot be taken up; the text says why and what to do."""


class InputRefused(SurveyError):
    """A file handed to the estimates cannot be used; one sentence names the place at fault."""


class WorkbenchRefused(SurveyError):
    """Figures cannot be made of what was chosen in the workbench; the text says why."""


class ResponsesRefused(SurveyError):
    """A file of responses cannot become responses of a wave; `sentences` says every reason found."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences
