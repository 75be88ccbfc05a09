"""The staff's home in Wagtail's admin."""
