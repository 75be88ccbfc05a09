"""Results frameworks as trees of free depth, and the sectoral bodies that work on them."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from indicators.tokens import new_token


class TitleStatus(models.TextChoices):
    """Whether a title was found in an official text."""

    CONFIRMED = "confirmed", _("confirmed")
    UNCONFIRMED = "unconfirmed", _("unconfirmed")
    NOT_STATED = "not_stated", _("not stated in the source")


def in_language(title: str, titles: dict) -> str:
    """`title` in the reader's language where a translation is kept, else as it is."""
    return titles.get(get_language() or "") or title


class SectoralBody(models.Model):
    """One of the bodies whose work plans carry the Blueprint out."""

    acronym = models.CharField(_("acronym"), max_length=24, unique=True)
    name = models.CharField(_("name"), max_length=200)
    name_status = models.CharField(
        _("status of the name"),
        max_length=16,
        choices=TitleStatus.choices,
        default=TitleStatus.UNCONFIRMED,
    )
    source = models.CharField(_("source"), max_length=400, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("sectoral body")
        verbose_name_plural = _("sectoral bodies")
        ordering = ["acronym"]

    def __str__(self) -> str:
        return self.acronym


class Framework(models.Model):
    """A results framework with its own validity."""

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=200)
    titles = models.JSONField(_("titles in other languages"), default=dict, blank=True)
    description = models.TextField(_("description"), blank=True)
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_to = models.DateField(_("until"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    # What the source prints about itself ({"key": {"value", "text", "source"}}): quoted, never
    # mixed with what we compute.
    printed_facts = models.JSONField(_("printed facts"), default=dict, blank=True)
    source = models.CharField(_("source"), max_length=400, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("framework")
        verbose_name_plural = _("frameworks")
        ordering = ["position", "title"]

    def __str__(self) -> str:
        return in_language(self.title, self.titles)


class FrameworkNodeQuerySet(models.QuerySet["FrameworkNode"]):
    def standing(self, on: date) -> "FrameworkNodeQuerySet":
        """Nodes that are part of their framework on the date: begun and not retired."""
        return self.filter(
            Q(valid_from=None) | Q(valid_from__lte=on), Q(valid_to=None) | Q(valid_to__gt=on)
        )


class FrameworkNode(models.Model):
    """A node of a framework's tree, under the framework's own code."""

    class Kind(models.TextChoices):
        """Words for levels that have a translation. A framework may call its levels otherwise."""

        CHARACTERISTIC = "characteristic", _("characteristic")
        KEY_RESULT_AREA = "key_result_area", _("key result area")
        GOAL = "goal", _("strategic goal")
        OBJECTIVE = "objective", _("objective")
        MEASURE = "measure", _("strategic measure")
        THEME = "theme", _("theme")
        SURVEY = "survey", _("published survey")

    token = models.CharField(max_length=32, unique=True, editable=False, default=new_token)
    framework = models.ForeignKey(
        Framework, models.PROTECT, related_name="nodes", verbose_name=_("framework")
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        related_name="children",
        null=True,
        blank=True,
        verbose_name=_("part of"),
    )
    kind = models.CharField(
        _("level"),
        max_length=40,
        help_text=_("What the framework calls this level: characteristic, goal, measure …"),
    )
    # A key that stays when a code is published later or a title is corrected.
    key = models.SlugField(_("key"), max_length=120)
    code = models.CharField(_("code"), max_length=24, blank=True)
    title = models.TextField(_("title"))
    titles = models.JSONField(_("titles in other languages"), default=dict, blank=True)
    title_status = models.CharField(
        _("status of the title"),
        max_length=16,
        choices=TitleStatus.choices,
        default=TitleStatus.UNCONFIRMED,
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    valid_from = models.DateField(_("part of the framework from"), null=True, blank=True)
    valid_to = models.DateField(
        _("retired on"),
        null=True,
        blank=True,
        help_text=_("The first day on which it is no longer part of the framework."),
    )
    source = models.CharField(_("source"), max_length=400, blank=True)
    history = HistoricalRecords()

    objects = FrameworkNodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("framework node")
        verbose_name_plural = _("framework nodes")
        ordering = ["framework", "position", "code"]
        constraints = [
            models.UniqueConstraint(fields=["framework", "key"], name="framework_node_key_once")
        ]

    def __str__(self) -> str:
        title = in_language(self.title, self.titles)
        return f"{self.code} {title}" if self.code else title

    @property
    def display_title(self) -> str:
        """The title in the reader's language."""
        return in_language(self.title, self.titles)

    def get_kind_display(self) -> str:
        """The level in the reader's language where it is a known word, else as it was typed."""
        return str(dict(self.Kind.choices).get(self.kind, self.kind.replace("_", " ")))

    def is_retired(self, on: date) -> bool:
        """Whether it is no longer part of the framework on the date."""
        return self.valid_to is not None and self.valid_to <= on


class NodeMapping(models.Model):
    """A node of one framework continues a node of another, in a stated way."""

    class Kind(models.TextChoices):
        SAME = "same", _("the same")
        PART = "part", _("part of")
        RELATED = "related", _("related to")

    from_node = models.ForeignKey(
        FrameworkNode, models.CASCADE, related_name="mappings_out", verbose_name=_("from")
    )
    to_node = models.ForeignKey(
        FrameworkNode, models.CASCADE, related_name="mappings_in", verbose_name=_("to")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.RELATED)
    note = models.TextField(_("note"), blank=True)
    source = models.CharField(_("source"), max_length=400, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("mapping")
        verbose_name_plural = _("mappings")
        constraints = [
            models.UniqueConstraint(fields=["from_node", "to_node"], name="node_mapping_once")
        ]

    def __str__(self) -> str:
        return f"{self.from_node} > {self.to_node}"
