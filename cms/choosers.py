"""Choosers of the back office for what blocks and pages refer to.

Each lists and accepts only what `visible_to` lets the editor see; what anybody may see on the
public site may be chosen by every editor.
"""

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.views.generic import chooser as views
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.coreutils import resolve_model_string


def choosable(model, user):
    """What of `model` this editor may put on a page."""
    manager = resolve_model_string(model).objects
    rows = manager.visible_to(user)
    if hasattr(rows, "public"):
        # Whoever may see it on the site may point to it.
        rows = manager.filter(pk__in=manager.public().values("pk")) | rows
    if hasattr(rows, "described"):
        # An indicator without a description has no figure and no chart.
        rows = rows.described()
    return rows


class TitleFilterForm(BaseFilterForm):
    """Finds rows by a part of their title."""

    q = forms.CharField(
        label=_("Search term"),
        widget=forms.TextInput(attrs={"placeholder": _("Search")}),
        required=False,
    )

    def filter(self, objects):
        words = self.cleaned_data.get("q")
        if words:
            self.is_searching = True
            self.search_query = words
            objects = objects.filter(title__icontains=words)
        return super().filter(objects)


class _Visible:
    """Narrows every view of a chooser to what the editor may choose."""

    filter_form_class = TitleFilterForm

    def get_object_list(self):
        return choosable(self.model_class, self.request.user)

    def get_object(self, pk):
        return self.get_object_list().get(pk=pk)

    def get_objects(self, pks):
        return self.get_object_list().filter(pk__in=pks)


class ChooseView(_Visible, views.ChooseView):
    pass


class ChooseResultsView(_Visible, views.ChooseResultsView):
    pass


class ChosenView(_Visible, views.ChosenView):
    pass


class ChosenMultipleView(_Visible, views.ChosenMultipleView):
    pass


class VisibleChooserViewSet(ChooserViewSet):
    choose_view_class = ChooseView
    choose_results_view_class = ChooseResultsView
    chosen_view_class = ChosenView
    chosen_multiple_view_class = ChosenMultipleView
    # Forms of other applications keep the widgets those applications chose.
    register_widget = False
    per_page = 20


indicator_chooser = VisibleChooserViewSet(
    "cms_indicator_chooser",
    model="indicators.Indicator",
    icon="order",
    choose_one_text=_("Choose an indicator"),
    choose_another_text=_("Choose another indicator"),
)
wave_chooser = VisibleChooserViewSet(
    "cms_wave_chooser",
    model="surveys.Wave",
    icon="form",
    choose_one_text=_("Choose a survey wave"),
    choose_another_text=_("Choose another survey wave"),
)
event_chooser = VisibleChooserViewSet(
    "cms_event_chooser",
    model="engagement.Event",
    icon="date",
    choose_one_text=_("Choose an event"),
    choose_another_text=_("Choose another event"),
)
campaign_chooser = VisibleChooserViewSet(
    "cms_campaign_chooser",
    model="campaigns.Campaign",
    icon="group",
    choose_one_text=_("Choose a campaign"),
    choose_another_text=_("Choose another campaign"),
)
CHOOSERS = (indicator_chooser, wave_chooser, event_chooser, campaign_chooser)
