"""One login for each role. The password is public: never load this on a server people rely on."""

from datetime import datetime

from allauth.account.models import EmailAddress as AccountEmail
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import transaction

from engagement.models import Grant, Person, Post, User
from engagement.roles import ROLES, ensure_roles
from indicators.models import SectoralBody

PASSWORD = "suara-demo-2026"  # noqa: S105 - printed for everybody who runs the demonstration
DOMAIN = "suara.example"
FOCAL_POSTS = "National ASCC focal point, "
FOCAL_POST = f"{FOCAL_POSTS}Viet Nam"


def address(role: str) -> str:
    """The login of a role: `communications-officer@suara.example`."""
    return f"{role.replace('_', '-')}@{DOMAIN}"


@transaction.atomic
def load(*, at: datetime) -> None:
    """Create the login of each role that has none, confirmed and ready to sign in."""
    ensure_roles()
    # One hash for all of them: the password is public, and hashing is slow on purpose.
    password = make_password(PASSWORD)
    for name, role in ROLES.items():
        if User.objects.filter(email=address(name)).exists():
            continue
        user = User.objects.create(
            email=address(name),
            password=password,
            name=f"{role.label} (demonstration)",
            is_staff=True,
        )
        AccountEmail.objects.create(user=user, email=user.email, primary=True, verified=True)
        if name == "national_focal_point":
            _focal_point(user)
        elif name == "sectoral_body_reporter":
            Grant.objects.create(
                user=user,
                role=name,
                body=SectoralBody.objects.get(acronym="SOMHD"),
                valid_from=at.date(),
            )
        else:
            user.groups.add(Group.objects.get(name=name))


def _focal_point(user: User) -> None:
    """The rights hang on the post: they end on the day its holder's term does.

    Every member state has such a post; in the demonstration only Viet Nam's holder has a login.
    """
    for post in Post.objects.filter(title__startswith=FOCAL_POSTS).exclude(area=None):
        Grant.objects.get_or_create(post=post, role="national_focal_point", area=post.area)
    post = Post.objects.get(title=FOCAL_POST)
    holder = post.holdings.filter(valid_to=None).select_related("person").first()
    if holder and holder.person.user is None:
        Person.objects.filter(pk=holder.person.pk).update(user=user)
