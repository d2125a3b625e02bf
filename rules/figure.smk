# a drawing script -> an SVG that the grown post shows


rule figure:
    input:
        script="figures/{post}/{figure}.py",
    output:
        figure="build/figures/{post}/{figure}.svg",
    log:
        "build/logs/figure/{post}/{figure}.log",
    conda:
        "../environment.yaml"
    params:
        code=CODE["figure"],
    shell:
        "proofweave figure {input.script:q} -o {output.figure:q} 2> {log:q}"
