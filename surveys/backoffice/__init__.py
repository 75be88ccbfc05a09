"""The survey managers' screens in Wagtail's admin. Every list starts from `visible_to`."""
