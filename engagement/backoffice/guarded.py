"""Wagtail's generic screens, held to `visible_to(user)`.

A record somebody may not see is not found (404), and the attempt is written down. Nothing here
knows which table it serves: give a viewset a model whose manager has `visible_to`.
"""

from django.db.models import ProtectedError
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from engagement.models import RegistryAccess


def visible_or_404(request, model, pk):
    """The record, or Http404. An attempt at a record that exists but is not theirs is kept."""
    found = model.objects.visible_to(request.user).filter(pk=pk).first()
    if found is not None:
        return found
    hidden = model._default_manager.filter(pk=pk).first()
    if hidden is not None:
        word = getattr(hidden, "token", None) or hidden.pk
        RegistryAccess.objects.create(
            kind=RegistryAccess.Kind.REFUSED,
            user=request.user if request.user.is_authenticated else None,
            what=f"{model._meta.label_lower}:{word}",
            at=timezone.now(),
        )
    raise Http404(f"No {model._meta.verbose_name} has this address.")


class GuardedObject:
    """A screen of one record: only a visible one is found."""

    def get_object(self, queryset=None):
        return visible_or_404(self.request, self.model, self.kwargs["pk"])


class EditView(GuardedObject, generic.EditView):
    pass


class DeleteView(GuardedObject, generic.DeleteView):
    def post(self, request, *args, **kwargs):
        try:
            return super().post(request, *args, **kwargs)
        except ProtectedError as error:
            kept = {str(row._meta.verbose_name_plural) for row in error.protected_objects}
            messages.error(
                request,
                _("“%(record)s” cannot be deleted, because these records rest on it: %(kept)s.")
                % {"record": self.object, "kept": ", ".join(sorted(kept))},
            )
            return redirect(self.index_url_name)


class InspectView(GuardedObject, generic.InspectView):
    pass


class UsageView(GuardedObject, generic.UsageView):
    pass


class AuditView(InspectView):
    """Who changed what and when, read from the record's history, newest first."""

    template_name = "engagement/backoffice/audit.html"
    page_title = _("Changes")
    fields: list[str] = []

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["changes"] = changes_of(self.object)
        return context


class IndexView(generic.IndexView):
    """A list of what the user may see. With `named`, the search box finds names in any script."""

    searches_names = False

    @property
    def is_searchable(self):
        return self.searches_names or bool(self.search_fields)

    def get_base_queryset(self):
        return self.model.objects.visible_to(self.request.user)

    def search_queryset(self, queryset):
        if not (self.searches_names and self.is_searching):
            return super().search_queryset(queryset)
        return self.find(queryset)

    def find(self, queryset):
        """Narrow the list to the search, and write down who searched for what."""
        found = queryset.named(self.search_query)
        RegistryAccess.objects.create(
            kind=RegistryAccess.Kind.SEARCH,
            user=self.request.user,
            what=f"{self.model._meta.label_lower}: {self.search_query}"[:300],
            results=found.count(),
            at=timezone.now(),
        )
        return found


class GuardedViewSet(ModelViewSet):
    """A viewset whose every screen is held to `visible_to`."""

    index_view_class = IndexView
    edit_view_class = EditView
    delete_view_class = DeleteView
    inspect_view_class = InspectView
    history_view_class = AuditView
    usage_view_class = UsageView
    copy_view_enabled = False
    add_to_reference_index = False
    list_per_page = 50
    history_template_name = "engagement/backoffice/audit.html"

    def get_urlpatterns(self):
        # The usage screen lists pages that refer to the record; ours are not referred to.
        return [
            pattern
            for pattern in super().get_urlpatterns()
            if pattern.name not in {"usage", "history_results"}
        ]

    def get_common_view_kwargs(self, **kwargs):
        return super().get_common_view_kwargs(**{"usage_url_name": None, **kwargs})

    def get_edit_view_kwargs(self, **kwargs):
        return super().get_edit_view_kwargs(**{"usage_url_name": None, **kwargs})

    def get_delete_view_kwargs(self, **kwargs):
        return super().get_delete_view_kwargs(**{"usage_url_name": None, **kwargs})


class NeverAdded:
    """For a viewset whose rows come from elsewhere and stay: no screen to add or delete.

    `closed` names the screens that do not exist.
    """

    closed: tuple[str, ...] = ("add", "delete")

    def get_urlpatterns(self):
        return [p for p in super().get_urlpatterns() if p.name not in self.closed]

    def get_common_view_kwargs(self, **kwargs):
        absent = {f"{name}_url_name": None for name in self.closed}
        return super().get_common_view_kwargs(**{**absent, **kwargs})

    def get_index_view_kwargs(self, **kwargs):
        absent = {f"{name}_url_name": None for name in self.closed}
        return super().get_index_view_kwargs(**{**absent, **kwargs})

    def get_inspect_view_kwargs(self, **kwargs):
        absent = {f"{n}_url_name": None for n in self.closed if n != "add"}
        return super().get_inspect_view_kwargs(**{**absent, **kwargs})

    def get_edit_view_kwargs(self, **kwargs):
        absent = {f"{n}_url_name": None for n in self.closed if n != "add"}
        return super().get_edit_view_kwargs(**{**absent, **kwargs})


def changes_of(record, limit: int = 200) -> list[dict]:
    """The record's history as rows for a table: when, who, what, and each field before and after."""
    rows = []
    entries = list(record.history.select_related("history_user")[: limit + 1])
    kinds = {"+": _("added"), "~": _("changed"), "-": _("deleted")}
    for newer, older in zip(entries, [*entries[1:], None], strict=False):
        fields = []
        if newer.history_type == "~" and older is not None:
            for change in newer.diff_against(older, foreign_keys_are_objs=True).changes:
                field = record._meta.get_field(change.field)
                fields.append(
                    {
                        "label": getattr(field, "verbose_name", change.field),
                        "before": change.old,
                        "after": change.new,
                    }
                )
            if not fields:
                continue
        rows.append(
            {
                "at": newer.history_date,
                "who": newer.history_user,
                "kind": kinds[newer.history_type],
                "reason": newer.history_change_reason or "",
                "fields": fields,
            }
        )
    return rows[:limit]
