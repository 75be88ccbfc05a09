"""Drafts consulted on: their comments, and the matrix of comments with their answers."""
