# the findings of all posts, never the merged ones -> the report


rule report:
    input:
        findings=expand("build/findings/{post}.json", post=POSTS),
        templates=sorted(map(str, Path("templates/report").glob("*.j2"))),
        config="config.yaml",
    output:
        report="build/report.md",
        json="build/report.json",
    log:
        "build/logs/report.log",
    conda:
        "../environment.yaml"
    params:
        code=CODE["report"],
    shell:
        "proofweave report {input.findings:q} -o {output.report:q} --json {output.json:q} 2> {log:q}"
