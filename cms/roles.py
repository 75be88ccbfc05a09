"""Who may do what with pages. Wagtail keeps such rights per page and collection, not as plain
permissions, so they are given here; `settings.ROLE_EXTENSIONS` has the roles' own command call it.
"""

from django.contrib.auth.models import Group, Permission
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

PAGE_RIGHTS = {
    "communications_officer": ("add", "change", "publish", "lock"),
    "approver": ("change", "publish", "lock", "unlock"),
    "administrator": ("add", "change", "publish", "bulk_delete", "lock", "unlock"),
}
LIBRARY_RIGHTS = {
    "communications_officer": ("add", "change", "choose"),
    "approver": ("choose",),
    "administrator": ("add", "change", "delete", "choose"),
}


def ensure_page_permissions() -> list[str]:
    """Give the roles their rights over pages, pictures and documents; say what was added.

    Works on the root of the page tree, so that it holds for every page to come. Groups that do
    not exist yet are left out: the roles' own command makes them and then calls this.
    """
    root = Page.objects.filter(depth=1).first()
    collection = Collection.get_first_root_node()
    if root is None or collection is None:
        return []
    groups = {group.name: group for group in Group.objects.filter(name__in=PAGE_RIGHTS)}
    added = []
    for name, group in groups.items():
        for action in PAGE_RIGHTS[name]:
            _, created = GroupPagePermission.objects.get_or_create(
                group=group,
                page=root,
                permission=_permission("wagtailcore", f"{action}_page"),
            )
            if created:
                added.append(f"The role {name} may {action} pages.")
        for app, model in (("wagtailimages", "image"), ("wagtaildocs", "document")):
            for action in LIBRARY_RIGHTS[name]:
                _, created = GroupCollectionPermission.objects.get_or_create(
                    group=group,
                    collection=collection,
                    permission=_permission(app, f"{action}_{model}"),
                )
                if created:
                    added.append(f"The role {name} may {action} a {model}.")
    return added


def _permission(app: str, codename: str) -> Permission:
    return Permission.objects.get(content_type__app_label=app, codename=codename)
