"""proofweave weaves checked derivations into mathematics posts."""

__version__ = "0.1.0"
