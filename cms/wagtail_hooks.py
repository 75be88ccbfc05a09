"""What `cms` adds to the back office: choosers for blocks, the brand, the home dashboard."""

from wagtail import hooks

from cms.choosers import CHOOSERS


@hooks.register("register_admin_viewset")
def register_choosers():
    return list(CHOOSERS)
