"""What a new outline says, in Chinese and in English."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wording:
    """The sentences of a skeleton; `{title}`, `{count}`, `{source}` and `{name}` are filled in."""

    header: tuple[str, ...]
    lines: str
    symbols: str
    anchor: str
    examples: tuple[str, ...]
    untitled: str
    opening: str
    derive: str
    state: str
    prove: str
    explain: str
    picture: str
    special: str
    practise: str
    remark: str
    counted: str
    named: str


ZH = Wording(
    header=(
        "{source} 的大纲。各键的写法见 docs/outline.md；编辑器按上面的 schema 补全和检查。",
        "现在就能构建（状态为待处理，原文不变）：snakemake build/posts/{name}.md",
        "接下来：改写各节的 write（或直接手写），核对 equations 的个数；改了个数就运行 proofweave retag。",
    ),
    lines="成稿的行数",
    symbols="原文常用的记号；类型是猜的，确认后去掉注释：",
    anchor="去掉一节的 anchor 前的注释号，它就放在原文那一节的末尾，否则放在文末",
    examples=(
        "- definition: my-definition        # 定义：名称与陈述",
        "  name: 名称",
        "  statement: 若 $x$ 满足条件，则称它为……",
        "- theorem: my-theorem              # 定理：陈述、公式、证明；用 @thm:my-theorem 引用",
        "  name: 名称",
        "  statement: 对任意实数 $a,b$ 有",
        "  equations:                       # 每个公式计入本节的 tags；用 @eq:my-bound 引用",
        "    - {id: my-bound, tex: 'a^2 + b^2 \\ge 2ab'}",
        "  proof: {write: 写出完整证明, equations: 2}",
    ),
    untitled="正文",
    opening="{title}：开头",
    derive="补全「{title}」的推导：逐个说明公式的来历，每一步写明理由",
    state="写出「{title}」的陈述，交代所有条件",
    prove="写出「{title}」的完整证明，每一步写明理由",
    explain="用一段话说明「{title}」的直观含义",
    picture="用一段话给出「{title}」的几何图像",
    special="写出「{title}」在特殊情形下的结论，并与一般结论对照",
    practise="给出「{title}」的实践建议，附代码",
    remark="补充「{title}」的一个注记",
    counted="（原文该节有 {count} 个行间公式）",
    named="参考篇的名称",
)

EN = Wording(
    header=(
        "The outline of {source}. docs/outline.md describes every key; editors complete and check by the schema above.",
        "It builds at once (as pending, the source untouched): snakemake build/posts/{name}.md",
        "Next: reword each write or write by hand, and set equations; after changing a count run proofweave retag.",
    ),
    lines="lines of the grown post",
    symbols="Symbols the post often uses; the types are guesses, take the comment mark away where they are right:",
    anchor="a section whose anchor has no comment mark goes to the end of that section of the source, else to the end",
    examples=(
        "- definition: my-definition        # a definition: its name and statement",
        "  name: Name",
        "  statement: We call $x$ …, if it satisfies …",
        "- theorem: my-theorem              # statement, equations, proof; refer to it by @thm:my-theorem",
        "  name: Name",
        "  statement: For all real $a, b$,",
        "  equations:                       # each counts in this section's tags; refer to it by @eq:my-bound",
        "    - {id: my-bound, tex: 'a^2 + b^2 \\ge 2ab'}",
        "  proof: {write: Write the full proof, equations: 2}",
    ),
    untitled="Text",
    opening="{title}: opening",
    derive="Complete the derivations of “{title}”: say where each formula comes from, with a reason for each step",
    state="State “{title}” with all its conditions",
    prove="Prove “{title}” in full, with a reason for each step",
    explain="Say in one paragraph what “{title}” means intuitively",
    picture="Give the geometric picture of “{title}” in one paragraph",
    special="State what “{title}” says in a special case, and compare it with the general one",
    practise="Give practical advice on “{title}”, with code",
    remark="Add a remark on “{title}”",
    counted=" (displays in that section of the source: {count})",
    named="the reference's name",
)
