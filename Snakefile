# proofweave: short posts in, fully derived and checked posts out. The table of contents of the build:
#
#   blogs_raw/*.md + outlines/*.yaml + templates/ + generations/
#       -> render -> generate -> validate -> merge -> build/posts/*.md
#                                    └-----> report -> build/report.md
#
#   snakemake --cores 2                     everything
#   snakemake --cores 2 build/posts/X.md    one post
#   snakemake --cores 2 batch_2             the posts whose outline says `batch: 2`
#   snakemake --cores 2 html                a page per post, in build/site/posts/
#   snakemake --cores 2 site                the whole site, in build/site/
#   snakemake --cores 2 pdf                 a handout per post, in build/pdf/; epub: a book, in build/epub/
#   snakemake --cores 2 github              Markdown as GitHub shows it (or typora, obsidian), in build/markdown/
#   snakemake --cores 2 priority_high       the posts whose outline says `priority: high`


workdir: workflow.basedir


include: "rules/common.smk"
include: "rules/render.smk"
include: "rules/generate.smk"
include: "rules/validate.smk"
include: "rules/figure.smk"
include: "rules/run.smk"
include: "rules/merge.smk"
include: "rules/report.smk"
include: "rules/groups.smk"
include: "rules/export.smk"
include: "rules/site.smk"
include: "rules/pdf.smk"
include: "rules/epub.smk"


rule all:
    default_target: True
    input:
        expand("build/posts/{post}.md", post=POSTS),
        "build/report.md",
        "build/report.json",


onerror:
    print(
        "\nWhat is wrong:",
        *complaints(Path.cwd()),
        "All other posts are built; build/report.md tells of each.",
        sep="\n",
        file=sys.stderr,
    )
