"""The receipt in plain Chinese, in the submitter's words: the headline, the whole text. Called by `write` for the text and by
`sheet`, `workbook`, `layer` and `picture` for their words.
"""

from collections.abc import Sequence
from datetime import datetime

from contracts import Finding
from contracts.findings import REPLACED
from contracts.names import period_name, unit_name
from ingestion.receipt_sheets import NORMALIZATION_SHEET
from ingestion.receipts.lines import KINDS, TO_CONFIRM, Line, lines, listed
from ingestion.receipts.reading_text import TITLE, reading_lines
from ingestion.receipts.rules_text import counts_of_rules
from ingestion.receipts.summary import SubmissionSummary, UnitSummary

PROBLEMS, CONFIRMED = "处问题", "请书面说明，由数据管理员确认后接收，不必重报"
# Of so many held units each is named with its own number of problems; of more only how many there are
NAMED_HELD = 5
NAMED_RECEIVED = 60  # that the list of those received names: more than a district has of any kind but records
LISTED_LINES = 1000  # of one severity: nobody reads more, and receipt.json has them all


def headline(submission: SubmissionSummary, findings: Sequence[Finding], reporting_units: Sequence[UnitSummary]) -> str:
    """What became of the submission and what to do, in one sentence or two."""
    made = lines(findings, submission.contract, submission.whole)
    errors = [line for line in made if line.first.severity == "error"]
    warnings = sum(len(line.findings) for line in made if line.first.severity == "warning")
    if not reporting_units:
        return _of_the_whole_file(submission, errors)
    is_layer = submission.contract is not None and submission.contract.reporting_unit.kind == "layer"
    sentence = (
        _of_the_layer(submission, reporting_units[0], errors)
        if is_layer
        else _of_the_units(submission, reporting_units, errors)
    )
    sentence += _replaced(submission, findings, reporting_units)
    return sentence + (f"另有 {warnings} 处请核实，不影响接收。" if warnings else "")


def _of_the_whole_file(submission: SubmissionSummary, errors: list[Line]) -> str:
    if not errors:
        return f"{submission.whole}没有可接收的内容。"
    return f"{submission.whole}没有接收：{errors[0].sentence}"


def _of_the_layer(submission: SubmissionSummary, reporting_unit: UnitSummary, errors: list[Line]) -> str:
    if reporting_unit.state == "held":
        count = sum(len(line.findings) for line in errors)
        if _only_to_confirm(errors):
            return f"{submission.whole}未接收：{count} 处{TO_CONFIRM}，{CONFIRMED}。"
        problems = _problems(count, reporting_unit.reason)
        return f"{submission.whole}未接收：{problems}，改正后请重新报送整个图层。"
    if reporting_unit.state == "withdrawn":
        return f"{submission.whole}{_withdrawn([reporting_unit])}。"
    return f"{submission.whole}{_well(reporting_unit)}。"


def _of_the_units(submission: SubmissionSummary, reporting_units: Sequence[UnitSummary], errors: list[Line]) -> str:
    classifier, noun = submission.noun
    several_periods = _several_periods(submission, reporting_units)
    if several_periods:
        classifier, noun = "份", f"{noun}数据"
    held = [reporting_unit for reporting_unit in reporting_units if reporting_unit.state == "held"]
    fine = [reporting_unit for reporting_unit in reporting_units if reporting_unit.state in ("accepted", "unchanged")]
    total = f"{submission.whole} {len(reporting_units)} {classifier}{noun}"
    parts = []
    if len(fine) == len(reporting_units):
        return f"{total}全部已接收，不必重报{_unchanged(fine, classifier)}。"
    if fine:
        parts.append(f"{len(fine)} {classifier}已接收，不必重报{_unchanged(fine, classifier)}")
    if held:
        parts.append(_held(submission, held, errors, classifier, several_periods))
    if waiting := [reporting_unit for reporting_unit in reporting_units if reporting_unit.state == "waiting"]:
        reasons = (
            listed(dict.fromkeys(reporting_unit.reason for reporting_unit in waiting if reporting_unit.reason), "项")
            or "所需的其他数据"
        )
        parts.append(f"{len(waiting)} {classifier}等待{reasons}，到达后自动复核，不必重报")
    if withdrawn := [reporting_unit for reporting_unit in reporting_units if reporting_unit.state == "withdrawn"]:
        parts.append(f"{len(withdrawn)} {classifier}{_withdrawn(withdrawn)}")
    return f"{total}：{'；'.join(parts)}。"


def _replaced(
    submission: SubmissionSummary, findings: Sequence[Finding], reporting_units: Sequence[UnitSummary]
) -> str:
    """That other submissions have taken the place of units that were accepted."""
    replaced = {(one.reporting_unit, one.period) for one in findings if one.rule_id == REPLACED}
    if not replaced:
        return ""
    if len(replaced) == len(reporting_units):
        return "现已由后来接收的报送替代。"
    return f"其中 {len(replaced)} {submission.noun[0]}已由后来接收的报送替代。"


def _withdrawn(reporting_units: list[UnitSummary]) -> str:
    reasons = listed(dict.fromkeys(one.reason for one in reporting_units if one.reason), "项")
    return f"已撤回，不再计入{f'：{reasons}' if reasons else ''}"


def _held(
    submission: SubmissionSummary, held: list[UnitSummary], errors: list[Line], classifier: str, with_period: bool
) -> str:
    asked = [one for one in held if _only_to_confirm(_errors_of(errors, one))]
    rest = [one for one in held if one not in asked]
    words = (
        f"{_counted(submission, asked, errors, classifier, with_period, f'处{TO_CONFIRM}')}，{CONFIRMED}"
        if asked
        else ""
    )
    if not rest:
        return words
    if whole := sum(None in line.reporting_units for line in errors):
        return f"均未接收，有 {whole} 处整体问题，改正后请重新报送全部内容"
    to_correct = _counted(submission, rest, errors, classifier, with_period, PROBLEMS)
    return f"{to_correct}，改正后只报{_held_names(submission, rest, with_period)}即可" + (f"；{words}" if words else "")


def _counted(
    submission: SubmissionSummary,
    held: list[UnitSummary],
    errors: list[Line],
    classifier: str,
    with_period: bool,
    noun: str,
) -> str:
    """Units that are held with their numbers of problems; of many, only how many there are."""
    if len(held) > NAMED_HELD:
        own = sum(_count(errors, reporting_unit) for reporting_unit in held)
        return f"{len(held)} {classifier}未接收" + (f"，共 {own} {noun}" if own else "")
    return "、".join(
        f"{_name(submission, one, with_period)} {_problems(_count(errors, one), one.reason, noun)}" for one in held
    )


def _only_to_confirm(errors: list[Line]) -> bool:
    return bool(errors) and all(line.kind == TO_CONFIRM for line in errors)


def _errors_of(errors: list[Line], reporting_unit: UnitSummary) -> list[Line]:
    return [line for line in errors if None in line.reporting_units or _count([line], reporting_unit)]


def _count(errors: list[Line], reporting_unit: UnitSummary) -> int:
    return sum(
        one.reporting_unit == reporting_unit.reporting_unit and one.period in (None, reporting_unit.period)
        for line in errors
        for one in line.findings
    )


def _problems(count: int, reason: str | None, noun: str = PROBLEMS) -> str:
    return f"{count} {noun}" if count else f"未接收（{reason}）" if reason else "未接收"


def _held_names(submission: SubmissionSummary, held: list[UnitSummary], with_period: bool) -> str:
    classifier, noun = submission.noun
    if len(held) == 1:
        return _name(submission, held[0], with_period)
    return f"这 {len(held)} {'份' if with_period else classifier + noun}"


def _name(submission: SubmissionSummary, reporting_unit: UnitSummary, with_period: bool) -> str:
    return unit_name(submission.contract, reporting_unit.reporting_unit) + (
        period_name(reporting_unit.period) if with_period else ""
    )


def _well(reporting_unit: UnitSummary) -> str:
    if reporting_unit.state == "waiting":
        return f"等待{reporting_unit.reason or '所需的其他数据'}，到达后自动复核，不必重报"
    return "已接收，不必重报" + ("（与已接收的内容相同）" if reporting_unit.state == "unchanged" else "")


def _unchanged(fine: list[UnitSummary], classifier: str) -> str:
    same = sum(reporting_unit.state == "unchanged" for reporting_unit in fine)
    if not same:
        return ""
    return (
        f"（其中 {same} {classifier}与已接收的内容相同）"
        if same < len(fine)
        else "（与已接收的内容相同，不产生新版本）"
    )


def _several_periods(submission: SubmissionSummary, reporting_units: Sequence[UnitSummary]) -> bool:
    per_period = submission.contract is not None and submission.contract.reporting_unit.per_period
    return per_period and len({reporting_unit.period for reporting_unit in reporting_units}) > 1


def facts(
    submission: SubmissionSummary, file_name: str, reporting_units: Sequence[UnitSummary]
) -> list[tuple[str, str]]:
    """What the receipt says of the submission: title and value."""
    contract = submission.contract
    periods = dict.fromkeys(
        period_name(one)
        for one in (submission.period, *(reporting_unit.period for reporting_unit in reporting_units))
        if one
    )
    counted = {"接收": submission.rows_accepted, "未接收": submission.rows_held, "合计行": submission.rows_control}
    values = [
        ("文件", file_name),
        ("报表", contract.title.zh if contract else "未能识别"),
        ("报告期", listed(periods, "个")),
        ("报送人", submission.sender),
        ("收到时间", _moment(submission.received_at)),
        ("回执编号", submission.submission_id),
        ("行数", f"读取 {submission.rows_read} = {' + '.join(f'{words} {count}' for words, count in counted.items())}"),
        ("规则", counts_of_rules(submission.rules)),
    ]
    return [(title, value) for title, value in values if value]


def received(submission: SubmissionSummary, reporting_units: Sequence[UnitSummary]) -> str:
    """Names of the units that need not come again; nothing when there are none."""
    fine = [reporting_unit for reporting_unit in reporting_units if reporting_unit.state in ("accepted", "unchanged")]
    return listed(
        dict.fromkeys(
            _name(submission, reporting_unit, _several_periods(submission, reporting_units)) for reporting_unit in fine
        ),
        "个",
        NAMED_RECEIVED,
    )


def text(
    submission: SubmissionSummary, file_name: str, findings: Sequence[Finding], reporting_units: Sequence[UnitSummary]
) -> str:
    """The whole receipt as plain text."""
    parts = [headline(submission, findings, reporting_units), ""]
    made = lines(findings, submission.contract, submission.whole)
    for kind in KINDS:
        group = [line for line in made if line.kind == kind]
        if group:
            parts.append(f"【{kind}】{sum(len(line.findings) for line in group)} 处")
            parts += [
                f"{number}. {line.head}　{line.sentence}〔{line.first.rule_id}〕"
                for number, line in enumerate(group[:LISTED_LINES], 1)
            ]
            parts += [f"……其余 {rest} 条见 receipt.json。", ""] if (rest := len(group) - LISTED_LINES) > 0 else [""]
    if names := received(submission, reporting_units):
        parts += [f"【已接收，不必重报】{names}", ""]
    if submission.converted:
        parts += [
            f"【{NORMALIZATION_SHEET}】{submission.converted} 处，见“{NORMALIZATION_SHEET}”表和 receipt.json。",
            "",
        ]
    if submission.reading.sheets:
        parts += [f"【{TITLE}】", *reading_lines(submission.reading), ""]
    parts += [f"{title}：{value}" for title, value in facts(submission, file_name, reporting_units)]
    return "\n".join(parts) + "\n"


def _moment(received_at: str) -> str:
    try:
        return f"{datetime.fromisoformat(received_at):%Y-%m-%d %H:%M}"
    except ValueError:
        return received_at
