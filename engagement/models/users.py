"""Accounts. A user signs in by e-mail; what a user may do comes from groups and grants."""

from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


class UserManager(BaseUserManager["User"]):
    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **extra) -> "User":
        """Create an account that signs in with `email`."""
        if not email:
            raise ValueError("An account needs an e-mail address; none was given.")
        user = self.model(email=self.normalize_email(email).lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra) -> "User":
        """Create an administrator who may do everything."""
        extra |= {"is_staff": True, "is_superuser": True}
        return self.create_user(email, password, **extra)

    def get_by_natural_key(self, email: str) -> "User":
        return self.get(email__iexact=email)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody with an account. Registry entries are `Person`; a user may be linked to one."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    is_staff = models.BooleanField(_("may enter the back office"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined"), auto_now_add=True)

    objects = UserManager()
    history = HistoricalRecords(excluded_fields=["password", "last_login"])

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique_ignoring_case")
        ]

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name.split()[0] if self.name else self.email

    def granted_areas(self, on: date):
        """The areas granted to this user on that day, own or through a post, as a QuerySet.

        A grant for a group of states covers those that were its members on that day.
        """
        from engagement.models.grants import Grant
        from indicators.models import Area, AreaMembership

        direct = Grant.objects.held_by(self, on).exclude(area=None).values("area")
        members = (
            AreaMembership.objects.filter(group__in=direct, valid_from__lte=on)
            .filter(models.Q(valid_to=None) | models.Q(valid_to__gt=on))
            .values("area")
        )
        return Area.objects.filter(models.Q(pk__in=direct) | models.Q(pk__in=members))

    def granted_bodies(self, on: date):
        """The sectoral bodies granted to this user on that day, as a QuerySet."""
        from engagement.models.grants import Grant
        from indicators.models import SectoralBody

        return SectoralBody.objects.filter(
            pk__in=Grant.objects.held_by(self, on).exclude(body=None).values("body")
        )

    def acting_as(self, permission: str, *, on: date, area=None, body=None) -> str:
        """The posts or roles in words that give the permission on that day, most exact first.

        With `area` or `body` only grants for it (or for a group of states) count, and roles held
        without limit.
        """
        from engagement.models.grants import Grant
        from engagement.roles import ROLES

        roles = [name for name, role in ROLES.items() if permission in role.permissions]
        grants = Grant.objects.held_by(self, on).filter(role__in=roles)
        if area is not None:
            grants = grants.filter(models.Q(area=area) | models.Q(area__kind="group"))
        elif body is not None:
            grants = grants.filter(body=body)
        words = [
            grant.post.title if grant.post else str(grant)
            for grant in grants.select_related("post", "area", "body").order_by("pk")
        ]
        if not words:
            held = self.groups.filter(name__in=roles).values_list("name", flat=True)
            words = [str(ROLES[name].label) for name in held]
        return "; ".join(dict.fromkeys(words))

    # Wagtail's user screens ask for these two.
    @property
    def first_name(self) -> str:
        return self.get_short_name()

    @property
    def last_name(self) -> str:
        return ""
