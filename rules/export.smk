# outline, replies, source, findings -> the post's page, of a refused post too: it says what is wrong. `snakemake html`
# makes all of them; they are not part of `all`, since pandoc and KaTeX take a second a post.


rule page:
    input:
        outline="outlines/{post}.yaml",
        replies="build/replies/{post}.json",
        findings="build/findings/{post}.json",
        source=source_of,
        templates=TEMPLATES,
        config="config.yaml",
    output:
        page="build/site/posts/{post}.html",
    log:
        "build/logs/export/{post}.log",
    conda:
        "../environment.yaml"
    params:
        code=CODE["export"],
        elsewhere=elsewhere_of,
    shell:
        "proofweave export {input.outline:q} --replies {input.replies:q} --findings {input.findings:q}"
        " -o {output.page:q} 2> {log:q}"


rule page_figure:
    input:
        figure="build/figures/{post}/{figure}.svg",
    output:
        figure="build/site/figures/{post}/{figure}.svg",
    log:
        "build/logs/page_figure/{post}/{figure}.log",
    conda:
        "../environment.yaml"
    shell:
        "cp {input.figure:q} {output.figure:q} 2> {log:q}"


rule assets:
    output:
        style="build/site/assets/style.css",
        font="build/site/assets/math.woff2",
    log:
        "build/logs/assets.log",
    conda:
        "../environment.yaml"
    params:
        code=CODE["site"],
    shell:
        "proofweave site --only-assets -o build/site 2> {log:q}"


rule html:
    input:
        PAGES,
        FIGURE_COPIES,
        "build/site/assets/style.css",
