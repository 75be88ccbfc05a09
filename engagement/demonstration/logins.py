"""A login for each role, and for reporters of some member states and bodies.

The password is public: never load this on a server people rely on.
"""

from datetime import date, datetime

from allauth.account.models import EmailAddress as AccountEmail
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import transaction

from engagement.models import Grant, Person, Post, User
from engagement.roles import ROLES, ensure_roles
from indicators.models import SectoralBody

PASSWORD = "suara-demo-2026"  # noqa: S105 - printed for everybody who runs the demonstration
DOMAIN = "suara.example"
FOCAL_POINT, BODY_REPORTER = "national_focal_point", "sectoral_body_reporter"
FOCAL_POSTS = "National ASCC focal point, "
# Where the logins of the two roles report, and the others who report: "…-th" is Thailand's.
AREA, BODY = "VN", "SOMHD"
AREAS, BODIES = ("BN", "KH", "ID", "MY", "PH", "SG", "TH"), ("ACDM",)
# Before anything that the demonstration lets them report.
_SINCE = date(2024, 1, 1)


def address(role: str) -> str:
    """The login of a role: `communications-officer@suara.example`."""
    return f"{role.replace('_', '-')}@{DOMAIN}"


def reporters() -> dict[str, str]:
    """The logins of those who report, by the code of the area or the acronym of the body."""
    return {
        AREA: address(FOCAL_POINT),
        BODY: address(BODY_REPORTER),
        **{code: address(f"{FOCAL_POINT}_{code.lower()}") for code in AREAS},
        **{acronym: address(f"{BODY_REPORTER}_{acronym.lower()}") for acronym in BODIES},
    }


@transaction.atomic
def load(*, at: datetime) -> None:
    """Create the logins that do not exist, confirmed and ready to sign in."""
    ensure_roles()
    # One hash for all of them: the password is public, and hashing is slow on purpose.
    password = make_password(PASSWORD)
    for name, role in ROLES.items():
        user = _new(address(name), f"{role.label} (demonstration)", password)
        if user is not None and name not in (FOCAL_POINT, BODY_REPORTER):
            user.groups.add(Group.objects.get(name=name))
    logins = reporters()
    for acronym in (BODY, *BODIES):
        _new(logins[acronym], f"{acronym} reporter (demonstration)", password)
        Grant.objects.get_or_create(
            user=User.objects.get(email=logins[acronym]),
            role=BODY_REPORTER,
            body=SectoralBody.objects.get(acronym=acronym),
            valid_from=_SINCE,
        )
    _focal_points(logins, password)


def _new(email: str, name: str, password: str) -> User | None:
    """A new account that is ready to sign in; None where there is one with the address."""
    if User.objects.filter(email=email).exists():
        return None
    user = User.objects.create(email=email, password=password, name=name, is_staff=True)
    AccountEmail.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def _focal_points(logins: dict[str, str], password: str) -> None:
    """The rights hang on the post: they end on the day its holder's term does.

    Every member state has such a post; in the demonstration the holders of some have a login.
    """
    posts = Post.objects.filter(title__startswith=FOCAL_POSTS).exclude(area=None)
    for post in posts.select_related("area"):
        Grant.objects.get_or_create(post=post, role=FOCAL_POINT, area=post.area)
        holder = post.holdings.filter(valid_to=None).select_related("person").first()
        if holder is None or post.area.code not in logins:
            continue
        email = logins[post.area.code]
        _new(email, str(holder.person), password)
        if holder.person.user_id is None:
            Person.objects.filter(pk=holder.person.pk).update(user=User.objects.get(email=email))
