# outline, prompt templates -> one request per block that waits for a model


rule render:
    input:
        outline="outlines/{post}.yaml",
        source=source_of,
        templates=PROMPTS,
        config="config.yaml",
    output:
        requests="build/requests/{post}.json",
    log:
        "build/logs/render/{post}.log",
    conda:
        "../environment.yaml"
    params:
        code=CODE["render"],
    shell:
        "proofweave render {input.outline:q} -o {output.requests:q} 2> {log:q}"
