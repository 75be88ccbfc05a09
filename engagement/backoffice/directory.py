"""The smaller lists of the registry: interactions, categories, tags, grants, and who looked."""

from django.db.models import Prefetch
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from engagement.backoffice import forms
from engagement.backoffice.guarded import DeleteView, IndexView
from engagement.models import Category, Grant, Interaction, Person, RegistryAccess, Tag


class InteractionIndexView(IndexView):
    search_fields = ["subject"]
    list_filter = ["kind"]
    default_ordering = "-at"

    def get_base_queryset(self):
        visible = Person.objects.visible_to(self.request.user)
        return (
            super()
            .get_base_queryset()
            .prefetch_related(Prefetch("people", visible), "posts", "organisations")
        )

    @cached_property
    def columns(self):
        return [
            DateColumn("at", label=_("When"), sort_key="at"),
            Column("kind", label=_("Kind"), accessor="get_kind_display", sort_key="kind"),
            Column("subject", label=_("Subject")),
            Column(
                "people",
                label=_("With"),
                accessor=lambda row: ", ".join(str(person) for person in row.people.all()),
            ),
            Column(
                "posts",
                label=_("Posts"),
                accessor=lambda row: ", ".join(str(post) for post in row.posts.all()),
            ),
        ]


class ReadOnlyViewSet(ModelViewSet):
    """A list and nothing else: rows that record facts have no forms."""

    copy_view_enabled = False
    add_to_reference_index = False
    list_per_page = 50
    exclude_form_fields: list[str] = []

    def get_urlpatterns(self):
        return [p for p in super().get_urlpatterns() if p.name in {"index", "index_results"}]

    def get_common_view_kwargs(self, **kwargs):
        nothing = dict.fromkeys(
            f"{word}_url_name" for word in ("add", "edit", "delete", "history", "usage")
        )
        return super().get_common_view_kwargs(**{**nothing, **kwargs})

    def register_admin_url_finder(self):
        """There is no form to find."""


class InteractionViewSet(ReadOnlyViewSet):
    model = Interaction
    name = "registry_interactions"
    url_prefix = "stakeholders/interactions"
    menu_label = _("Interactions")
    menu_order = 50
    icon = "history"
    index_view_class = InteractionIndexView
    list_filter = ["kind"]
    search_fields = ["subject"]


class AccessIndexView(generic.IndexView):
    default_ordering = "-at"

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("user")

    @cached_property
    def columns(self):
        return [
            DateColumn("at", label=_("When"), sort_key="at"),
            Column("kind", label=_("Kind"), accessor="get_kind_display", sort_key="kind"),
            Column("user", label=_("Who"), accessor="user"),
            Column("what", label=_("What")),
            Column("results", label=_("Results"), classname="num"),
        ]


class AccessViewSet(ReadOnlyViewSet):
    model = RegistryAccess
    name = "registry_access"
    url_prefix = "stakeholders/access"
    menu_label = _("Who looked")
    menu_order = 90
    icon = "view"
    index_view_class = AccessIndexView
    list_filter = ["kind"]


class SmallViewSet(ModelViewSet):
    """A short list with plain forms, guarded by its permissions alone."""

    delete_view_class = type(
        "DeleteView", (DeleteView,), {"get_object": generic.DeleteView.get_object}
    )
    copy_view_enabled = False
    add_to_reference_index = False

    def get_urlpatterns(self):
        hidden = {"usage", "history", "history_results"}
        return [p for p in super().get_urlpatterns() if p.name not in hidden]

    def get_common_view_kwargs(self, **kwargs):
        return super().get_common_view_kwargs(
            **{"usage_url_name": None, "history_url_name": None, **kwargs}
        )


class CategoryViewSet(SmallViewSet):
    model = Category
    name = "registry_categories"
    url_prefix = "stakeholders/categories"
    menu_label = _("Categories")
    menu_order = 60
    icon = "list-ul"
    form_fields = ["name", "code", "parent", "position", "source"]
    list_display = ["name", "code", "parent", "source"]
    list_per_page = 50


class TagViewSet(SmallViewSet):
    model = Tag
    name = "registry_tags"
    url_prefix = "stakeholders/tags"
    menu_label = _("Tags")
    menu_order = 70
    icon = "tag"
    form_fields = ["name", "slug"]
    list_display = ["name", "slug"]


class GrantViewSet(SmallViewSet):
    model = Grant
    name = "registry_grants"
    url_prefix = "stakeholders/grants"
    menu_label = _("Grants")
    menu_order = 80
    icon = "key"
    list_display = [
        TitleColumn(
            "role",
            label=_("Role"),
            accessor="role_label",
            sort_key="role",
            url_name="registry_grants:edit",
        ),
        "user",
        "post",
        "area",
        "body",
        "valid_from",
        "valid_to",
    ]

    def get_form_class(self, for_update=False):
        return forms.GrantForm
