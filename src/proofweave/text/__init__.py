"""Texts with positions, lossless: YAML, Markdown, TeX, HTML, and the templates that print them."""
