# outline, replies, source, findings, figures -> the post as a handout. `snakemake pdf` makes all; docs/export.md says what
# it needs. A missing engine or font stops the run before any work.
from proofweave.pipeline.export.formats import require
from proofweave.core.errors import ToolError

if any(asked == "pdf" or asked.startswith("build/pdf/") for asked in sys.argv):
    try:
        require("pdf")
    except ToolError as error:
        raise WorkflowError(str(error))


rule handout:
    input:
        outline="outlines/{post}.yaml",
        replies="build/replies/{post}.json",
        findings="build/findings/{post}.json",
        post="build/posts/{post}.md",
        figures=figures_of,
        template="templates/pdf/handout.typ",
    output:
        handout="build/pdf/{post}.pdf",
    log:
        "build/logs/handout/{post}.log",
    conda:
        "../environment.yaml"
    params:
        code=CODE["export"],
        elsewhere=elsewhere_of,
    shell:
        "proofweave export {input.outline:q} --replies {input.replies:q} --findings {input.findings:q}"
        " --format pdf -o {output.handout:q} 2> {log:q}"


rule pdf:
    input:
        expand("build/pdf/{post}.pdf", post=POSTS),
