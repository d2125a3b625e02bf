"""The table of words: everything proofweave says to an author or a reader, by key, in each language."""
