"""A tree back to TeX with every grouping written out; read again, it gives the same tree.

Importing a module of printers enters them into the table.
"""

from proofweave.check.explain import functions, operators, values
from proofweave.check.explain.printers import PRINTERS, named, printed, was_written
from proofweave.check.parse import Statement

ROOMS = (values, functions, operators)
__all__ = ["PRINTERS", "named", "printed", "printed_statement"]


def printed_statement(statement: Statement) -> str:
    """Return what an equation claims as TeX: its rows, the ranges of free indices that were written, conditions."""
    rows = [printed(row) for row in statement.rows]
    ranges = [
        rf"{index.name} = {printed(index.lo)}, \ldots, {printed(index.hi)}"
        for index in statement.free
        if index.lo is not None and index.hi is not None and was_written(index.lo, index.hi)
    ]
    after = [*ranges, *map(printed, statement.conditions)]
    rows[-1] = r" \quad ".join([rows[-1], *(rf"\text{{for }} {text}" for text in after)])
    return " \\\\\n".join(rows)
