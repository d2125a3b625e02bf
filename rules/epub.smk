# outline, replies, source, findings, figures -> the post as a book, and as Markdown for an application.
# `snakemake epub`, `snakemake github`, `snakemake typora`, `snakemake obsidian` make all of a kind.


rule book:
    input:
        outline="outlines/{post}.yaml",
        replies="build/replies/{post}.json",
        findings="build/findings/{post}.json",
        post="build/posts/{post}.md",
        figures=figures_of,
        style="templates/epub/book.css",
    output:
        book="build/epub/{post}.epub",
    log:
        "build/logs/book/{post}.log",
    conda:
        "../environment.yaml"
    params:
        code=CODE["export"],
        elsewhere=elsewhere_of,
    shell:
        "proofweave export {input.outline:q} --replies {input.replies:q} --findings {input.findings:q}"
        " --format epub -o {output.book:q} 2> {log:q}"


rule plain:
    input:
        outline="outlines/{post}.yaml",
        replies="build/replies/{post}.json",
        findings="build/findings/{post}.json",
        post="build/posts/{post}.md",
        figures=figures_of,
    output:
        plain="build/markdown/{application}/{post}.md",
    log:
        "build/logs/plain/{application}/{post}.log",
    wildcard_constraints:
        application="github|typora|obsidian",
    conda:
        "../environment.yaml"
    params:
        code=CODE["export"],
        elsewhere=elsewhere_of,
    shell:
        "proofweave export {input.outline:q} --replies {input.replies:q} --findings {input.findings:q}"
        " --format {wildcards.application} -o {output.plain:q} 2> {log:q}"


rule epub:
    input:
        expand("build/epub/{post}.epub", post=POSTS),


rule github:
    input:
        expand("build/markdown/github/{post}.md", post=POSTS),


rule typora:
    input:
        expand("build/markdown/typora/{post}.md", post=POSTS),


rule obsidian:
    input:
        expand("build/markdown/obsidian/{post}.md", post=POSTS),
