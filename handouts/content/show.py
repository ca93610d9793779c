"""A wording → text or standalone HTML that a person can read, its blanks filled in or shown by their names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from handouts.content.blocks import FIELD_KINDS, BlankPlace, Block, Field, Group, Node, Part, Run, Text
from handouts.content.cldr import direction_of
from handouts.content.wording import Wording

_WIDTH = 100


def as_text(wording: Wording, printed: Mapping[str, str] | None = None) -> str:
    """The wording as plain text, a block a paragraph; a blank without a printed text is shown as {name}."""
    return "\n\n".join(_block_text(block, printed or {}) for block in wording.blocks) + "\n"


def as_html(
    wordings: Sequence[Wording],
    printed: Mapping[str, Mapping[str, str]] | None = None,
    *,
    mark: str = "",
    head: str = "",
    notes: Sequence[str] = (),
) -> str:
    """The wording as one HTML page without scripts or anything from elsewhere; in two languages, side by side.

    Headings, lists, tables with heads, fields with labels, the languages declared (WCAG 2.1: 1.3.1, 3.1.1, 3.1.2, 3.3.2).
    `printed` are the blanks in each language. `mark` says at the top and the end what the page is not (a line a language),
    `head` whose it is, `notes` are what stands at the foot of every sheet of paper. Fields stand in the first language alone.
    """
    edition = wordings[0].edition
    columns = [
        _column(each, (printed or {}).get(each.edition.language, {}), first=not i) for i, each in enumerate(wordings)
    ]
    body = columns[0] if len(columns) == 1 else f'<div class="languages">\n{_side_by_side(wordings, columns)}</div>\n'
    banner = "".join(f"<p>{escape(line)}</p>" for line in mark.splitlines())
    banner = f'<div class="mark" role="note">{banner}</div>\n' if banner else ""
    top = f"<header><p><bdi>{escape(head)}</bdi></p></header>\n" if head else ""
    said = notes or tuple(
        f"{edition.procedure}@{edition.version} · {edition.kind} · {each.edition.language} · {each.sha256[:8]}"
        for each in wordings
    )
    foot = "".join(f"<p><bdi>{escape(line)}</bdi></p>" for line in said)
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(edition.language)}" dir="{direction_of(edition.language)}">\n<head>\n'
        '<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(edition.title)}</title>\n<style>\n{CSS}</style>\n</head>\n<body>\n{banner}{top}<main>\n{body}</main>\n"
        f"<footer>{foot}</footer>\n{banner}</body>\n</html>\n"
    )


def _column(wording: Wording, printed: Mapping[str, str], *, first: bool) -> str:
    root = wording.root if first else wording.root.without_fields(FIELD_KINDS)
    return "".join(_node_html(child, printed) for child in root.children)


def _side_by_side(wordings: Sequence[Wording], columns: Sequence[str]) -> str:
    return "".join(
        f'<div lang="{escape(each.edition.language)}" dir="{direction_of(each.edition.language)}">\n{column}</div>\n'
        for each, column in zip(wordings, columns, strict=True)
    )


def _block_text(block: Block, printed: Mapping[str, str]) -> str:
    parts = [_runs_text(part.runs, printed) for part in block.parts]
    match block.role:
        case "h1" | "h2" | "h3":
            return f"{'#' * int(block.role[1])} {parts[0]}"
        case "li":
            return f"- {parts[0]}"
        case "tr":
            return f"| {' | '.join(parts)} |"
        case "aside":
            return "\n".join(f"> {part}" for part in parts)
        case "img":
            return f"[picture: {parts[0]}]"
        case "p" | "fields":
            return parts[0]


def _runs_text(runs: Iterable[Run], printed: Mapping[str, str]) -> str:
    said: list[str] = []
    for run in runs:
        match run:
            case Text():
                said.append(run.text)
            case BlankPlace():
                said.append(printed.get(run.name, f"{{{run.name}}}"))
            case Field(kind="checkbox"):
                said.append("[ ] ")
            case Field():
                said.append(f"[{run.label}: ________] ")
            case _:
                said.append(f"<unset {run.key}>")
    return "".join(said).strip()


def _node_html(node: Node, printed: Mapping[str, str]) -> str:
    if isinstance(node, Block):
        return block_html(node, printed)
    return _group_html(node, printed)


def _group_html(group: Group, printed: Mapping[str, str]) -> str:
    inner = "".join(_node_html(child, printed) for child in group.children)
    columns = "".join(f'<col style="width:{width}%">' for width in group.widths)
    columns = f"<colgroup>{columns}</colgroup>" if columns else ""
    return f"<{group.role}>{columns}\n{inner}</{group.role}>\n"


def block_html(block: Block, printed: Mapping[str, str]) -> str:
    """One block as HTML, without what is around it."""
    match block.role:
        case "tr":
            return f"<tr>{''.join(_cell_html(part, printed) for part in block.parts)}</tr>\n"
        case "aside":
            return f'<aside class="{block.kind}">{_aside_html(block.parts, printed)}</aside>\n'
        case "img":
            return f"<p>{_runs_html(block.parts[0].runs, printed)}</p>\n"
        case "fields":
            return f'<p class="fields">{_runs_html(block.parts[0].runs, printed)}</p>\n'
        case role:
            return f"<{role}>{_runs_html(block.parts[0].runs, printed)}</{role}>\n"


def _cell_html(part: Part, printed: Mapping[str, str]) -> str:
    scope = f' scope="{part.scope}"' if part.scope else ""
    return f"<{part.role}{scope}>{_runs_html(part.runs, printed)}</{part.role}>"


def _aside_html(parts: Iterable[Part], printed: Mapping[str, str]) -> str:
    html, listed = "", False
    for part in parts:
        if (part.role == "li") != listed:
            html += "</ul>" if listed else "<ul>"
            listed = not listed
        html += f"<{part.role}>{_runs_html(part.runs, printed)}</{part.role}>"
    return f"{html}</ul>" if listed else html


def _runs_html(runs: Iterable[Run], printed: Mapping[str, str]) -> str:
    html = ""
    for run in runs:
        match run:
            case Text():
                piece = escape(run.text)
            case BlankPlace() if run.name in printed:
                piece = f"<bdi>{escape(printed[run.name])}</bdi>"
            case BlankPlace():
                piece = f'<bdi class="blank">{escape(run.name)}</bdi>'
            case Field(kind="checkbox"):
                piece = f'<input type="checkbox" name="{run.name}" aria-label="{escape(run.label)}"> '
            case Field():
                piece = f'<label>{escape(run.label)} <input type="text" name="{run.name}" autocomplete="off"></label> '
            case _:
                piece = f'<bdi class="blank">{escape(run.key)}</bdi>'
        if isinstance(run, Text | BlankPlace):
            piece = f"<strong>{piece}</strong>" if run.strong else piece
            piece = f'<a href="{escape(run.href)}">{piece}</a>' if run.href else piece
        html += piece
    return html


CSS = """\
body { font: 1.15rem/1.5 "Noto Sans", system-ui, sans-serif; color: #16181c; background: #fff; margin: 0; }
header, main, footer { max-width: 46rem; margin: 0 auto; padding: 1rem; }
h1, h2 { color: #173859; line-height: 1.25; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
th, td { border: 1px solid #8a939c; padding: .45rem .6rem; text-align: start; vertical-align: top; }
th[scope=col] { background: #e7edf3; }
aside { border-inline-start: .4rem solid #296699; background: #eef4fa; padding: .6rem 1rem; margin: 1rem 0; }
aside.warning { border-color: #a81a1a; background: #fdf1f0; }
aside.staff { border: .15rem solid #a81a1a; background: #fff; }
.blank { background: #fff3c4; padding: 0 .2em; }
input[type=checkbox] { width: 1.3em; height: 1.3em; vertical-align: middle; }
label { display: inline-block; margin: .8rem 1rem .2rem 0; }
input[type=text] { display: block; min-width: 12rem; font: inherit; border: 0; border-bottom: 1px solid #16181c; }
.languages { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 2rem; }
main:has(> .languages) { max-width: 80rem; }
.mark { background: #fdf1f0; color: #8a1010; border: .15rem solid #a81a1a; font-weight: bold; text-align: center; }
.mark p { margin: .3rem; }
li:has(> input) { list-style: none; }
header, footer { color: #555; font-size: .85rem; }
"""
