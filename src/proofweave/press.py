"""Print templates: Jinja2 in its sandbox, over texts held in memory, with located errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from proofweave.errors import FindingsError
from proofweave.types import Finding, Severity, Where

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment


def environment_of(templates: Mapping[str, str]) -> SandboxedEnvironment:
    """Return a sandboxed template environment over texts by name; a value a template misspells is an error."""
    from jinja2 import DictLoader, StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    return SandboxedEnvironment(
        loader=DictLoader(dict(templates)),
        undefined=StrictUndefined,
        autoescape=False,  # the output is Markdown; HTML is refused in the outline and escaped at export
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def print_template(environment: SandboxedEnvironment, folder: str, name: str, values: Mapping[str, Any]) -> str:
    """Return a filled template; its errors become a finding at the template's line."""
    from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError

    try:
        return environment.get_template(name).render(**values)
    except TemplateNotFound as error:
        raise _template_problem(f"{folder}/{error.name}", 1, "this template does not exist") from None
    except TemplateSyntaxError as error:
        raise _template_problem(f"{folder}/{error.name or name}", error.lineno, str(error.message)) from None
    except (TemplateError, TypeError, ValueError, ArithmeticError, AttributeError, LookupError) as error:
        raise _template_problem(f"{folder}/{name}", _template_line(error), str(error)) from None


def _template_line(error: BaseException) -> int:
    """Return the line of the template in which `error` arose, which jinja2 writes into the traceback."""
    line, trace = 1, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _template_problem(file: str, line: int, what: str) -> FindingsError:
    fix = "correct the template; docs/templates.md lists the values each one is given"
    return FindingsError([Finding("template-broken", Severity.ERROR, Where(file, line), what, fix=fix)])
