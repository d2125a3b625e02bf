# an outline -> what its listings gave when they were run; a value that the text quotes wrongly fails


rule run:
    input:
        outline="outlines/{post}.yaml",
    output:
        runs="build/runs/{post}.json",
    log:
        "build/logs/run/{post}.log",
    conda:
        "../environment.yaml"
    params:
        code=CODE["run"],
    shell:
        "proofweave run {input.outline:q} -o {output.runs:q} 2> {log:q}"
