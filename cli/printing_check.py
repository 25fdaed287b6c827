"""Prints the result of `warehouse check`: each file's verdict and findings, and for several files what to correct first."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from rich.markup import escape

from cli.printing import print_findings, say
from contracts import contract
from contracts.rule_outcomes import OUTCOMES, REASONS, Outcome
from pipeline.intake.dry_run import DryRunResult, DryRunState

STATES: dict[DryRunState, tuple[str, str, str]] = {  # colour, Chinese, English; the gravest first
    "unreadable": ("red", "读不了", "not readable"),
    "held": ("red", "整份退回", "held"),
    "partly_held": ("yellow", "部分退回", "held in part"),
    "waiting": ("cyan", "等待前置数据", "waiting for other data"),
    "accepted": ("green", "可接收", "acceptable"),
}
GRAVEST_FIRST: tuple[Outcome, ...] = ("failed", "not_applicable", "passed")
SHOWN_UNITS = 6  # names of reporting units that fit a line


@dataclass(frozen=True)
class _Step:
    """What to do about all files of one state."""

    zh: str
    en: str


STEPS: dict[DryRunState, _Step] = {
    "unreadable": _Step(
        "先处理读不了的文件：不是报表的拿开，是报表的另存或放进报表文件夹",
        "First those that cannot be read: take away what is no report, save the others anew or use the dataset's folder",
    ),
    "held": _Step(
        "再改整份退回的：一处改好，整份才能接收",
        "Then those held as a whole: nothing of them is accepted before they are corrected",
    ),
    "partly_held": _Step(
        "再改部分退回的：只需补报下列单位", "Then those held in part: only these units are to be sent again"
    ),
    "waiting": _Step(
        "等待前置数据的无须改动，前置数据到齐后自动审核",
        "Those that wait need no change: they are checked when the other data arrives",
    ),
    "accepted": _Step("可接收的直接报送", "Those that are acceptable can be sent"),
}


def print_verdict(verdict: DryRunResult, lang: str) -> None:
    """One file's verdict: a line, then its findings, errors first."""
    colour, zh, en = STATES[verdict.state]
    say(
        f"[{colour}]■ {zh if lang == 'zh' else en}[/] [bold]{escape(verdict.file)}[/]　{escape(_counts(verdict, lang))}"
    )
    print_findings(verdict.findings, verdict.dataset, lang)


def print_rules(verdict: DryRunResult, lang: str) -> None:
    """What became of each rule of one file: failed ones first, with the units where a rule has several outcomes."""
    zh = lang == "zh"
    counts = verdict.rules.counts()
    entries = list(verdict.rules.listed())
    for outcome in GRAVEST_FIRST:
        words = OUTCOMES[outcome].zh if zh else OUTCOMES[outcome].en
        say(f"  [bold]{words} {counts[outcome]}[/]")
        for one in (entry for entry in entries if entry["outcome"] == outcome):
            rule = f"{one['rule_id']} {one['field']}" if one["field"] else one["rule_id"]
            names = [verdict.unit_name(item["unit"]) for item in one.get("units", ())]
            reason = REASONS[one["reason"]] if one["reason"] else None
            why = (reason.zh if zh else reason.en) if reason else ""
            concerned = ("、" if zh else ", ").join(names[:SHOWN_UNITS]) + ("…" if len(names) > SHOWN_UNITS else "")
            say(escape("    " + "　".join(filter(None, (rule, why, concerned)))))


def _counts(verdict: DryRunResult, lang: str) -> str:
    read, accepted, held, control = verdict.rows_read, verdict.rows_accepted, verdict.rows_held, verdict.rows_control
    waiting = Counter(outcome.state for outcome in verdict.outcomes)["waiting"]
    if lang == "zh":
        title = contract(verdict.dataset).title.zh if verdict.dataset else "认不出的报表"
        more = f"；{waiting} 个单元等待前置数据" if waiting else ""
        return f"{title}：读取 {read} 行，可接收 {accepted}，退回 {held}，合计行 {control}{more}"
    title = contract(verdict.dataset).title.en if verdict.dataset else "unknown dataset"
    more = f"; {waiting} units wait" if waiting else ""
    return f"{title}: {read} rows read, {accepted} acceptable, {held} held, {control} control{more}"


def print_summary(verdicts: list[DryRunResult], lang: str) -> None:
    """Of several files: how many of each kind, and what to do in which order, with the files concerned."""
    zh = lang == "zh"
    counted = Counter(verdict.state for verdict in verdicts)
    kinds = [(state, words[1 if zh else 2]) for state, words in STATES.items() if counted[state]]
    total = f"共审核 {len(verdicts)} 个文件" if zh else f"{len(verdicts)} files checked"
    say(
        f"\n[bold]{total}[/]{'：' if zh else ': '}"
        + ("，" if zh else ", ").join(
            f"{words} {counted[state]} 个" if zh else f"{counted[state]} {words}" for state, words in kinds
        )
    )
    for number, (state, _) in enumerate(kinds, start=1):
        say(f"{number}. {STEPS[state].zh if zh else STEPS[state].en}")
        for verdict in verdicts:
            if verdict.state == state:
                say(f"     [{STATES[state][0]}]■[/] {escape(Path(verdict.file).name)}{escape(_why(verdict, zh))}")


def _why(verdict: DryRunResult, zh: bool) -> str:
    """What is to be corrected in a file, in a few words: its reporting units in error, or the first error of the whole."""
    errors = [item for item in verdict.findings if item.severity == "error"]
    if verdict.state == "partly_held":
        reporting_units = list(
            dict.fromkeys(verdict.unit_name(item.reporting_unit) for item in errors if item.reporting_unit)
        )
        more = f"等 {len(reporting_units)} 个" if zh else f" and {len(reporting_units) - SHOWN_UNITS} more"
        return (
            "　"
            + ("、" if zh else ", ").join(reporting_units[:SHOWN_UNITS])
            + (more if len(reporting_units) > SHOWN_UNITS else "")
        )
    if verdict.state in ("held", "unreadable") and errors:
        words = errors[0].message if zh else errors[0].message_en
        more = "" if len(errors) == 1 else f"（共 {len(errors)} 处）" if zh else f" ({len(errors)} findings)"
        return f"　{words}{more}"
    return ""
