"""Drafts and their comments: answers, hiding, the matrix, and closing."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, TitleColumn

from engagement import services
from engagement.backoffice.guarded import (
    GuardedViewSet,
    IndexView,
    InspectView,
    NeverAdded,
    visible_or_404,
)
from engagement.backoffice.steps import StepView
from engagement.drafts import matrix
from engagement.models import Comment, Disposition, Draft, DraftVersion


class DraftIndexView(IndexView):
    def get_base_queryset(self):
        unanswered = Q(provisions__texts__comments__state="submitted")
        return (
            super()
            .get_base_queryset()
            .annotate(
                comments=Count("provisions__texts__comments", distinct=True),
                unanswered=Count("provisions__texts__comments", filter=unanswered, distinct=True),
            )
        )

    @cached_property
    def columns(self):
        title = self._get_title_column_class(TitleColumn)
        return [
            title("title", label=_("Title"), get_url=self.get_inspect_url, sort_key="title"),
            Column("comments", label=_("Comments"), accessor="comments"),
            Column("unanswered", label=_("Without answer"), accessor="unanswered"),
        ]


class DraftRecordView(InspectView):
    page_title = _("Draft")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        draft, user = self.object, self.request.user
        comments = Comment.objects.visible_to(user).filter(text__version__draft=draft)
        versions = draft.versions.order_by("-number")
        newest = versions.first()
        actions = [(_("On the site"), draft.get_absolute_url())]
        if user.has_perm("engagement.view_comment"):
            comments_url = reverse("comments:index")
            actions += [
                (_("Comments"), f"{comments_url}?draft={draft.pk}"),
                (_("Comment matrix (XLSX)"), reverse("drafts:matrix", args=[draft.pk])),
            ]
        if user.has_perm("engagement.change_draftversion") and newest:
            if newest.state == DraftVersion.State.CONSULTING:
                actions.append(
                    (_("Close the consultation"), reverse("drafts:close", args=[draft.pk]))
                )
            elif newest.state == DraftVersion.State.DRAFTING:
                actions.append((_("Open for comments"), reverse("drafts:open", args=[draft.pk])))
        context |= {
            "record": draft,
            "audit_url": reverse("drafts:history", args=[draft.pk]),
            "actions": actions,
            "versions": versions,
            "states": comments.order_by().values_list("state").annotate(n=Count("pk")),
            "state_names": dict(Comment.State.choices),
            "texts": newest.texts.select_related("provision").annotate(
                n=Count("comments"), open=Count("comments", filter=Q(comments__state="submitted"))
            )
            if newest
            else [],
        }
        return context


class DraftStepView(StepView):
    model = Draft
    permission = "engagement.change_draftversion"

    def newest(self) -> DraftVersion:
        return self.record.versions.order_by("-number").first()

    def back_url(self) -> str:
        return reverse("drafts:inspect", args=[self.record.pk])


class CloseView(DraftStepView):
    title = _("Close the consultation")
    success = _("The consultation is closed.")

    def step(self, form, *, at, by):
        services.close_version(version=self.newest(), at=at, by=by)


class OpenView(DraftStepView):
    title = _("Open for comments; the wording is frozen then")
    success = _("The draft is open for comments.")

    def step(self, form, *, at, by):
        services.open_version(version=self.newest(), at=at)


def matrix_file(request, pk) -> HttpResponse:
    """The comment matrix of a draft: of the comments this user may see, hidden ones marked."""
    draft = visible_or_404(request, Draft, pk)
    if not request.user.has_perm("engagement.view_comment"):
        raise PermissionDenied
    comments = (
        Comment.objects.visible_to(request.user)
        .filter(text__version__draft=draft)
        .exclude(state=Comment.State.UNCONFIRMED)
        .select_related(
            "text__provision", "text__version", "area", "organisation__category", "disposition"
        )
        .order_by("text__provision__position", "submitted_at", "pk")
    )
    response = HttpResponse(
        matrix.workbook(comments),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    name = f"{slugify(draft.slug)}-comments-{timezone.now():%Y-%m-%d}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


class DraftViewSet(NeverAdded, GuardedViewSet):
    closed = ("delete",)
    model = Draft
    name = "drafts"
    url_prefix = "drafts"
    menu_label = _("Drafts")
    menu_order = 30
    icon = "doc-full"
    form_fields = [
        "title",
        "slug",
        "summary",
        "purpose",
        "iap2_level",
        "is_public",
        "event",
        "source",
    ]
    search_fields = ["title"]
    index_view_class = DraftIndexView
    inspect_view_class = DraftRecordView
    inspect_view_enabled = True
    inspect_template_name = "engagement/backoffice/draft.html"

    def get_urlpatterns(self):
        return [
            *super().get_urlpatterns(),
            path("matrix/<int:pk>/", matrix_file, name="matrix"),
            path("close/<int:pk>/", CloseView.as_view(), name="close"),
            path("open/<int:pk>/", OpenView.as_view(), name="open"),
        ]


class CommentIndexView(IndexView):
    def get_base_queryset(self):
        found = super().get_base_queryset().select_related("text__provision__draft", "area")
        draft = self.request.GET.get("draft", "")
        return found.filter(text__version__draft=draft) if draft.isdecimal() else found

    @cached_property
    def columns(self):
        title = self._get_title_column_class(TitleColumn)
        return [
            title("body", label=_("Comment"), accessor=shortened, get_url=self.get_inspect_url),
            Column("measure", label=_("Measure"), accessor="text.provision.code"),
            Column("name", label=_("Name"), accessor="name", sort_key="name"),
            Column("area", label=_("Area"), accessor="area", sort_key="area__name"),
            Column("state", label=_("State"), accessor="get_state_display", sort_key="state"),
            Column("made", label=_("Made"), accessor="submitted_at", sort_key="submitted_at"),
        ]


def shortened(comment: Comment) -> str:
    return comment.body if len(comment.body) <= 90 else f"{comment.body[:89]}…"


class CommentRecordView(InspectView):
    page_title = _("Comment")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        comment, user = self.object, self.request.user
        state = comment.state
        steps = [
            (
                _("Answer"),
                "answer",
                AnswerView.permission,
                state in {"submitted", "answered", "hidden"},
            ),
            (_("Hide"), "hide", HideView.permission, state in {"submitted", "answered"}),
            (_("Show again"), "show", ShowView.permission, state == "hidden"),
        ]
        context |= {
            "record": comment,
            "audit_url": reverse("comments:history", args=[comment.pk]),
            "actions": [
                (label, reverse(f"comments:{name}", args=[comment.pk]))
                for label, name, permission, possible in steps
                if possible and user.has_perm(permission)
            ],
            "answer": Disposition.objects.filter(comment=comment).select_related("by").first(),
        }
        return context


class CommentStepView(StepView):
    model = Comment

    def back_url(self) -> str:
        return reverse("comments:inspect", args=[self.record.pk])


class AnswerForm(forms.Form):
    outcome = forms.ChoiceField(label=_("Answer"), choices=Disposition.Outcome.choices)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Published beside the comment and mailed to its author."),
    )
    resulting_text = forms.CharField(
        label=_("Resulting text"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class AnswerView(CommentStepView):
    permission = "engagement.add_disposition"
    title = _("Answer the comment")
    success = _("The answer is published; its author is told.")

    def form(self, data=None):
        existing = Disposition.objects.filter(comment=self.record).first()
        initial = (
            {name: getattr(existing, name) for name in ("outcome", "reason", "resulting_text")}
            if existing
            else {}
        )
        return AnswerForm(data, initial=initial)

    def step(self, form, *, at, by):
        services.answer_comment(comment=self.record, at=at, by=by, **form.cleaned_data)


class RuleForm(forms.Form):
    rule = forms.CharField(
        label=_("Rule it breaks"), max_length=200, help_text=_("Shown in place of the comment.")
    )


class HideView(CommentStepView):
    permission = "engagement.hide_comment"
    title = _("Hide the comment")
    form_class = RuleForm
    success = _("The comment is hidden; the rule is shown in its place.")

    def step(self, form, *, at, by):
        services.hide_comment(comment=self.record, at=at, by=by, rule=form.cleaned_data["rule"])


class ShowView(CommentStepView):
    permission = "engagement.hide_comment"
    title = _("Show the comment again")

    def step(self, form, *, at, by):
        services.show_comment(comment=self.record, at=at, by=by)


class CommentViewSet(NeverAdded, GuardedViewSet):
    closed = ("add", "delete", "edit")
    model = Comment
    name = "comments"
    url_prefix = "comments"
    menu_label = _("Comments")
    menu_order = 40
    icon = "comment"
    form_fields = ["area", "on_behalf_of"]
    search_fields = ["body", "name"]
    list_filter = ["state", "area", "source"]
    index_view_class = CommentIndexView
    inspect_view_class = CommentRecordView
    inspect_view_enabled = True
    inspect_template_name = "engagement/backoffice/comment.html"

    def get_urlpatterns(self):
        return [
            *super().get_urlpatterns(),
            path("answer/<int:pk>/", AnswerView.as_view(), name="answer"),
            path("hide/<int:pk>/", HideView.as_view(), name="hide"),
            path("show/<int:pk>/", ShowView.as_view(), name="show"),
        ]
