"""Editing the working copy: a module per noun, one way to keep two editors from overwriting."""
