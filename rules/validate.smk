# outline, replies, source -> findings, counts and verdicts; it judges and does not stop


rule validate:
    input:
        outline="outlines/{post}.yaml",
        replies="build/replies/{post}.json",
        source=source_of,
        templates=TEMPLATES,
        config="config.yaml",
    output:
        findings="build/findings/{post}.json",
    log:
        "build/logs/validate/{post}.log",
    conda:
        "../environment.yaml"
    params:
        code=CODE["validate"],
        elsewhere=elsewhere_of,
    shell:
        "proofweave validate {input.outline:q} --replies {input.replies:q} -o {output.findings:q} 2> {log:q}"
