"""Templates of our own pages: Jinja2 that escapes every value, macros in a file beside the module that prints them."""

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from proofweave.core import labels

if TYPE_CHECKING:
    from jinja2.environment import TemplateModule

BREAK = re.compile(r"[ \t]*\n[ \t]*")
"""A line break of a template and the indentation around it, which print nothing."""


def printed(module: str, macro: str, /, **values: object) -> Markup:
    """Return what a macro prints of the template beside a module; a value is escaped unless it is Markup."""
    text = str(getattr(_macros(module), macro)(**values))
    return Markup(text.replace("&#34;", "&quot;").replace("&#39;", "&#x27;"))  # as html.escape writes them


def wording(room: str, language: str) -> Mapping[str, Markup]:
    """Return the texts of a room for a template: they are ours, what is put into their fields is escaped."""
    return {name: Markup(text) for name, text in labels(room, language).items()}


@cache
def _macros(module: str) -> "TemplateModule":
    from importlib.resources import files

    from jinja2 import Environment, StrictUndefined

    package, _, name = module.rpartition(".")
    source = files(package).joinpath(f"{name}.j2").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    return environment.from_string(BREAK.sub("{#\n#}", source.strip())).module
