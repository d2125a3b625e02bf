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
    params:
        code=CODE["generate"],
    shell:
        "{PROOFWEAVE} generate {input.requests:q} -o {output.replies:q} 2> {log:q}"
