"""The builder: a draft is edited page by page with an outline, a preview and its problems beside.

Every act is one plain form posted to `acts.act`; a small script sends the same forms in the
background and puts in what changed.
"""
