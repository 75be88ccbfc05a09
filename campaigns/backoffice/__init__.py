"""The staff's screens, inside Wagtail's admin. Every list starts from `visible_to(request.user)`."""
