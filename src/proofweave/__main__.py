"""`python -m proofweave` is the `proofweave` command."""

import sys

from proofweave.cli import main

if __name__ == "__main__":
    sys.exit(main())
