"""What the office sets for the whole site."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting


@register_setting(icon="cog")
class SiteSettings(BaseSiteSetting):
    """Shown on every page."""

    is_demonstration = models.BooleanField(
        _("demonstration data are loaded"),
        default=False,
        help_text=_("Every page then says so. Switch it off only after removing the sample data."),
    )
    contact = models.EmailField(_("contact address"), blank=True)

    class Meta:
        verbose_name = _("site")
