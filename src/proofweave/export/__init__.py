"""Show a grown post to readers: its numbers, its formulas and its boxes, in the formats people read."""
