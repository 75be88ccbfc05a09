"""The links of a mailing. The redirect leads to these and nowhere else."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from indicators.tokens import new_token


class Link(models.Model):
    """An address a mailing's texts point to."""

    token = models.CharField(max_length=32, unique=True, editable=False, default=new_token)
    mailing = models.ForeignKey("campaigns.Mailing", on_delete=models.CASCADE, related_name="links")
    url = models.CharField(_("address"), max_length=2000)

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["mailing", "url"], name="link_once")]

    def __str__(self) -> str:
        return self.url


class LinkClick(models.Model):
    """That a copy's link was followed: once per link and copy, by a person or by a machine."""

    link = models.ForeignKey(Link, on_delete=models.CASCADE, related_name="clicks")
    delivery = models.ForeignKey(
        "campaigns.Delivery", on_delete=models.CASCADE, related_name="clicks"
    )
    at = models.DateTimeField()
    is_machine = models.BooleanField()

    class Meta:
        verbose_name = _("click")
        verbose_name_plural = _("clicks")
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["link", "delivery", "is_machine"], name="click_once")
        ]

    def __str__(self) -> str:
        return f"{self.link_id} {self.at:%Y-%m-%d %H:%M}"
