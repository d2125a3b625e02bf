# the pages of all posts -> the site around them: index with search, progress, theorem graph


rule around:
    input:
        pages=PAGES,
        findings=expand("build/findings/{post}.json", post=POSTS),
        assets="build/site/assets/style.css",
        config="config.yaml",
    output:
        index="build/site/index.html",
        search="build/site/assets/search-index.js",
        dashboard="build/site/dashboard.html",
        graph="build/site/graph.html",
    log:
        "build/logs/site.log",
    conda:
        "../environment.yaml"
    params:
        code=CODE["site"],
    shell:
        "proofweave site -o build/site 2> {log:q}"


rule site:
    input:
        "build/site/index.html",
        FIGURE_COPIES,
