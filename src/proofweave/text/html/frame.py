"""The frame of every page: its head with a strict Content-Security-Policy, its navigation, its language."""

from collections.abc import Sequence

from markupsafe import Markup

from proofweave.text.html.template import printed, wording


def page(
    title: str,
    body: str,
    *,
    language: str,
    root: str = "",
    here: str = "",
    scripts: Sequence[str] = ("page.js",),
    kind: str = "",
) -> str:
    """Return a whole page; `root` leads to the site's root ("../"), `here` is the path of the tab that it is."""
    frame = {"language": language, "root": root, "here": here, "scripts": scripts, "kind": kind}
    words = wording("page", language)
    return str(printed(__name__, "frame", title=title, body=Markup(body), words=words, **frame))
