"""Stakeholders: people and organisations, their names in every script, and their addresses."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from engagement.registry import matching
from engagement.registry.visibility import OrganisationQuerySet, PersonQuerySet
from indicators.tokens import new_token


class Category(models.Model):
    """A kind of stakeholder: member state, think tank, media. A small editable tree."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("part of"),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        above, seen = self.parent, set()
        while above is not None and above.pk not in seen:
            if self.pk is not None and above.pk == self.pk:
                raise ValidationError(
                    {"parent": _("A category cannot be part of itself. Choose another one.")}
                )
            seen.add(above.pk)
            above = above.parent

    @classmethod
    def with_descendants(cls, codes: list[str]) -> list[int]:
        """Primary keys of the categories with these codes and of everything below them."""
        children: dict[int | None, list[int]] = {}
        found: list[int] = []
        for pk, code, parent in cls.objects.values_list("pk", "code", "parent_id"):
            children.setdefault(parent, []).append(pk)
            if code in codes:
                found.append(pk)
        for pk in found:  # grows while it is walked
            found.extend(child for child in children.get(pk, []) if child not in found)
        return found


class Tag(models.Model):
    """A free word for people and organisations, used in segments."""

    slug = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """An institution: a ministry, a sectoral body, a partner, a think tank, a newspaper."""

    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    name = models.CharField(_("name"), max_length=300)
    acronym = models.CharField(_("acronym"), max_length=40, blank=True)
    category = models.ForeignKey(
        Category, models.PROTECT, related_name="organisations", verbose_name=_("category")
    )
    area = models.ForeignKey(
        "indicators.Area",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("area"),
        help_text=_("Empty for an organisation outside ASEAN."),
    )
    body = models.ForeignKey(
        "indicators.SectoralBody",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("sectoral body"),
        help_text=_("Set when this organisation is that sectoral body."),
    )
    website = models.URLField(_("website"), blank=True)
    tags = models.ManyToManyField(
        Tag, blank=True, related_name="organisations", verbose_name=_("tags")
    )
    source = models.CharField(
        _("source"), max_length=300, blank=True, help_text=_("Where this entry comes from.")
    )
    note = models.TextField(_("note"), blank=True)
    is_fictional = models.BooleanField(_("fictional"), default=False)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="merged_from"
    )
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    objects = OrganisationQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} ({self.acronym})" if self.acronym else self.name

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        StakeholderName.keep(organisation=self, full=self.name, kind=StakeholderName.Kind.DISPLAY)
        StakeholderName.keep(
            organisation=self, full=self.acronym, kind=StakeholderName.Kind.ACRONYM
        )


class Person(models.Model):
    """Somebody the registry knows. Has an account only when `user` is set.

    The display name is stored as the person writes it: one name is enough, order and letters are
    never changed.
    """

    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    display_name = models.CharField(
        _("name"), max_length=200, help_text=_("As the person writes it. One name is enough.")
    )
    honorific = models.CharField(_("honorific"), max_length=40, blank=True)
    salutation = models.CharField(
        _("salutation name"),
        max_length=100,
        blank=True,
        help_text=_("How a letter addresses the person. Empty: the first word of the name."),
    )
    category = models.ForeignKey(
        Category,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
        verbose_name=_("category"),
        help_text=_("Empty: that of the organisation the person belongs to."),
    )
    language = models.CharField(
        _("language"), max_length=12, blank=True, help_text=_("Language tag, for example vi.")
    )
    area = models.ForeignKey(
        "indicators.Area",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("area"),
        help_text=_("The member state the person belongs to. Empty for somebody from elsewhere."),
    )
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    user = models.OneToOneField(
        "engagement.User",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="person",
        verbose_name=_("account"),
    )
    tags = models.ManyToManyField(Tag, blank=True, related_name="people", verbose_name=_("tags"))
    source = models.CharField(_("source"), max_length=300, blank=True)
    note = models.TextField(_("note"), blank=True)
    is_fictional = models.BooleanField(_("fictional"), default=False)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="merged_from"
    )
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    objects = PersonQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["display_name", "pk"]
        permissions = [("view_every_stakeholder", "Can see every stakeholder, of all areas")]

    def __str__(self) -> str:
        return f"{self.honorific} {self.display_name}".strip()

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        StakeholderName.keep(person=self, full=self.display_name, kind=StakeholderName.Kind.DISPLAY)

    @property
    def first_word(self) -> str:
        """How a letter addresses the person: the stored salutation, else the name's first word."""
        return self.salutation or next(iter(self.display_name.split()), "")

    def primary_address(self) -> str | None:
        """The address to write to, or None. Reads `addresses`, so prefetch it for a list."""
        usable = [a for a in self.addresses.all() if a.status == EmailAddress.Status.ACTIVE]
        usable.sort(key=lambda a: (not a.is_primary, a.pk))
        return usable[0].address if usable else None


class StakeholderName(models.Model):
    """One name of a person or an organisation in one script, with the keys it is found by."""

    class Kind(models.TextChoices):
        DISPLAY = "display", _("as displayed")
        NATIVE = "native", _("in the person's own script")
        LATIN = "latin", _("in Latin letters")
        ACRONYM = "acronym", _("acronym")
        ALIAS = "alias", _("also known as")
        FORMER = "former", _("former name")

    person = models.ForeignKey(Person, models.CASCADE, null=True, blank=True, related_name="names")
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, null=True, blank=True, related_name="names"
    )
    full = models.CharField(_("full name"), max_length=300)
    given = models.CharField(_("given name"), max_length=150, blank=True)
    family = models.CharField(_("family name"), max_length=150, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.ALIAS)
    language = models.CharField(_("language"), max_length=12, blank=True)
    script = models.CharField(_("script"), max_length=4, blank=True, editable=False)
    key_folded = models.CharField(max_length=600, editable=False, db_index=True)
    key_latin = models.CharField(max_length=1200, editable=False)
    key_skeleton = models.CharField(max_length=600, editable=False)

    history = HistoricalRecords(excluded_fields=["key_folded", "key_latin", "key_skeleton"])

    class Meta:
        verbose_name = _("name")
        verbose_name_plural = _("names")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person=None, organisation__isnull=False)
                | Q(person__isnull=False, organisation=None),
                name="stakeholdername_has_one_owner",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(kind="display"),
                name="stakeholdername_one_display_per_person",
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(kind="display"),
                name="stakeholdername_one_display_per_organisation",
            ),
        ]

    def __str__(self) -> str:
        return self.full

    def save(self, *args, **kwargs):
        self.full = matching.composed(self.full)
        keys = matching.keys(self.full)
        self.script = matching.script(self.full)
        self.key_folded, self.key_latin, self.key_skeleton = keys.folded, keys.latin, keys.skeleton
        super().save(*args, **kwargs)

    @classmethod
    def keep(cls, *, full: str, kind: str, person=None, organisation=None) -> None:
        """Make the owner's name of this kind equal `full`; an empty `full` removes it."""
        existing = cls.objects.filter(person=person, organisation=organisation, kind=kind).first()
        if not full:
            if existing:
                existing.delete()
        elif existing is None:
            cls.objects.create(person=person, organisation=organisation, kind=kind, full=full)
        elif existing.full != matching.composed(full):
            existing.full = full
            existing.save()


class EmailAddress(models.Model):
    """An address of a person. Two people may share an office's address; one may have several."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("in use")
        BOUNCED = "bounced", _("does not accept mail")
        FORMER = "former", _("no longer used")

    person = models.ForeignKey(Person, models.CASCADE, related_name="addresses")
    address = models.EmailField(_("address"), max_length=254)
    normalised = models.CharField(max_length=254, editable=False, db_index=True)
    is_primary = models.BooleanField(_("main address"), default=False)
    verified_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.ACTIVE)

    history = HistoricalRecords(excluded_fields=["normalised"])

    class Meta:
        verbose_name = _("e-mail address")
        verbose_name_plural = _("e-mail addresses")
        ordering = ["-is_primary", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "normalised"], name="emailaddress_once_per_person"
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(is_primary=True),
                name="emailaddress_one_primary_per_person",
            ),
        ]

    def __str__(self) -> str:
        return self.address

    def save(self, *args, **kwargs):
        self.normalised = matching.normalised_address(self.address)
        super().save(*args, **kwargs)
