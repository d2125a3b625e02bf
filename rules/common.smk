# What the rules share: the posts, what each is made of, and the code each verb runs.
import shlex
import sys
from functools import cache
from pathlib import Path

from snakemake.exceptions import WorkflowError

from proofweave.outline.first_keys import peek
from proofweave.pipeline.code import fingerprint
from proofweave.pipeline.others import shown_elsewhere
from proofweave.pipeline.live.run import complaints
from proofweave.pipeline.project import Project

VERBS = (
    "render",
    "generate",
    "validate",
    "figure",
    "run",
    "merge",
    "report",
    "export",
    "site",
)
CODE = {verb: fingerprint(verb) for verb in VERBS}
OUTLINES = sorted(Path("outlines").glob("*.yaml"))
if not OUTLINES:
    raise WorkflowError(
        "there are no outlines in outlines/; write one with `proofweave new blogs_raw/POST.md`"
    )
PEEKED = {
    path.stem: peek(path.read_text(encoding="utf-8", errors="replace"))
    for path in OUTLINES
}
POSTS = list(PEEKED)
PROMPTS = sorted(map(str, Path("templates/prompt").glob("*.j2")))
TEMPLATES = sorted(map(str, Path("templates/post").glob("*.j2")))


# Rules find `proofweave` beside the Python that runs Snakemake, with no environment activated.
shell.prefix(f"PATH={shlex.quote(str(Path(sys.executable).parent))}:$PATH; ")


wildcard_constraints:
    post=r"[^/]+",
    figure=r"[^/]+",


def source_of(wildcards):
    """Return the source of a post; one that is missing is a finding of validate, and no reason to stop the others."""
    source = PEEKED.get(wildcards.post, {}).get("source", "")
    inside = source.startswith("blogs_raw/") and ".." not in Path(source).parts
    return [source] if inside and Path(source).is_file() else []


def recordings_of(wildcards):
    """Return the recordings of a post, and the replies that were kept aside."""
    folder = Path("generations", wildcards.post)
    return sorted(map(str, (*folder.glob("*.json"), *folder.glob("rejected/*.json"))))


def figures_of(wildcards):
    """Return the figures of a post: one for each of its drawing scripts."""
    scripts = sorted(Path("figures", wildcards.post).glob("*.py"))
    return [f"build/figures/{wildcards.post}/{script.stem}.svg" for script in scripts]


def runs_of(wildcards):
    """Return what the listings of a post gave, where its outline asks for some to be run."""
    asks = PEEKED.get(wildcards.post, {}).get("run")
    return [f"build/runs/{wildcards.post}.json"] if asks else []


NUMBERS = {}  # of the posts that others refer to, as this run found them


@cache
def shown_in(post):
    """Return what a post's references to others show."""
    return shown_elsewhere(Project(Path.cwd()), post, NUMBERS)


def elsewhere_of(wildcards):
    """Return what a post's references to others show: of another post it depends on the numbers, not on the text."""
    return shown_in(wildcards.post)


PAGES = [f"build/site/posts/{post}.html" for post in POSTS]
FIGURE_COPIES = [
    f"build/site/figures/{script.parent.name}/{script.stem}.svg"
    for script in sorted(Path("figures").glob("*/*.py"))
    if script.parent.name in POSTS
]
