"""The site's own views: error pages, search, the style guide."""
