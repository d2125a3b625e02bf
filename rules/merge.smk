# source, outline, replies, findings -> the grown post; refused while a finding is an error, or a listing fails


rule merge:
    input:
        outline="outlines/{post}.yaml",
        replies="build/replies/{post}.json",
        findings="build/findings/{post}.json",
        source=source_of,
        figures=figures_of,
        runs=runs_of,
        templates=TEMPLATES,
        config="config.yaml",
    output:
        post="build/posts/{post}.md",
    log:
        "build/logs/merge/{post}.log",
    conda:
        "../environment.yaml"
    params:
        code=CODE["merge"],
        elsewhere=elsewhere_of,
    shell:
        "proofweave merge {input.outline:q} --replies {input.replies:q} --findings {input.findings:q}"
        " -o {output.post:q} 2> {log:q}"
