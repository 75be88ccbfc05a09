"""Rights that come from grants: whoever has a role by a grant in force has its permissions.

So a focal point's rights begin with the term and are gone on the day it ends, with no job to run.
"""

from django.contrib.auth.models import Permission

from engagement.models.grants import Grant
from engagement.registry.visibility import today


class GrantBackend:
    """An authentication backend that signs nobody in and only answers `has_perm`."""

    def authenticate(self, request, **credentials):
        return None

    def get_user(self, user_id):
        return None

    def get_user_permissions(self, user_obj, obj=None) -> set[str]:
        return set()

    def get_group_permissions(self, user_obj, obj=None) -> set[str]:
        """Permissions of the roles granted today. Row-level questions go to `visible_to`."""
        if obj is not None or user_obj.is_anonymous or not user_obj.is_active:
            return set()
        if not hasattr(user_obj, "_grant_permissions"):
            roles = Grant.objects.held_by(user_obj, today()).values("role")
            rows = Permission.objects.filter(group__name__in=roles).values_list(
                "content_type__app_label", "codename"
            )
            user_obj._grant_permissions = {f"{app}.{codename}" for app, codename in rows}
        return user_obj._grant_permissions

    def get_all_permissions(self, user_obj, obj=None) -> set[str]:
        return self.get_group_permissions(user_obj, obj)

    def has_perm(self, user_obj, perm, obj=None) -> bool:
        return perm in self.get_group_permissions(user_obj, obj)

    def has_module_perms(self, user_obj, app_label) -> bool:
        return any(
            word.startswith(f"{app_label}.") for word in self.get_group_permissions(user_obj)
        )

    def with_perm(self, perm, is_active=True, include_superusers=True, obj=None):
        """Nobody: `User.objects.with_perm` asks ModelBackend."""
        from engagement.models import User

        return User.objects.none()
