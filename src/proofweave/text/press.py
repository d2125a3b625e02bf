"""Print templates: Jinja2 in its sandbox, over texts held in memory, with located errors."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from proofweave.core import FindingsError, Where, finding_of

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

HELD = "template:"
"""How tracebacks name a template, which is a text in memory and not a file."""


def environment_of(templates: Mapping[str, str], words: Mapping[str, str] | None = None) -> "SandboxedEnvironment":
    """Return a sandboxed environment over texts by name, all with `words`; a value a template misspells is an error."""
    from jinja2 import FunctionLoader, StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    def held(name: str) -> tuple[str, str, None] | None:
        return (templates[name], HELD + name, None) if name in templates else None

    environment = SandboxedEnvironment(
        loader=FunctionLoader(held),
        undefined=StrictUndefined,
        autoescape=False,  # the output is Markdown; HTML is refused in the outline and escaped at export
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["words"] = words or {}
    return environment


def print_template(environment: "SandboxedEnvironment", folder: str, name: str, values: Mapping[str, Any]) -> str:
    """Return a filled template; its errors become a finding at the template's line."""
    from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError

    try:
        return environment.get_template(name).render(**values)
    except TemplateNotFound as error:
        raise _broken(Where(f"{folder}/{error.name}"), "template-missing") from None
    except TemplateSyntaxError as error:
        where = Where(f"{folder}/{error.name or name}", error.lineno)
        raise _broken(where, "template-broken", said=str(error.message)) from None
    except (TemplateError, TypeError, ValueError, ArithmeticError, AttributeError, LookupError) as error:
        inner, line = _template_place(error, name)
        raise _broken(Where(f"{folder}/{inner}", line), "template-broken", said=str(error)) from None


def _template_place(error: BaseException, name: str) -> tuple[str, int]:
    """Return the template, included ones too, and the line in which `error` arose, as the traceback has them."""
    place, trace = (name, 1), error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file.startswith(HELD):
            place = file.removeprefix(HELD), trace.tb_lineno
        trace = trace.tb_next
    return place


def _broken(where: Where, name: str, **fields: Any) -> FindingsError:
    return FindingsError([finding_of(f"text.{name}", where, rule="template-broken", **fields)])
