# requests -> one reply per request, recorded in generations/


rule generate:
    input:
        requests="build/requests/{post}.json",
        recordings=recordings_of,
        config="config.yaml",
    output:
        replies="build/replies/{post}.json",
    log:
        "build/logs/generate/{post}.log",
    conda:
        "../environment.yaml"
    params:
        code=CODE["generate"],
    shell:
        "proofweave generate {input.requests:q} -o {output.replies:q} 2> {log:q}"
