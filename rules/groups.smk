# The plan's ways of working: a target for each batch and each priority that an outline names.
GROUPS = sorted(
    {
        (key, found[key])
        for found in PEEKED.values()
        for key in ("batch", "priority")
        if found.get(key, "").isalnum()
    }
)

for key, value in GROUPS:

    rule:
        name:
            f"{key}_{value}"
        input:
            [
                f"build/posts/{post}.md"
                for post in POSTS
                if PEEKED[post].get(key) == value
            ],
