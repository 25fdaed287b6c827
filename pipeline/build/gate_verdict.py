"""What the gate said of a build, bound to the content that it judged; and people's overrides of it. pipeline.build.run
judges and publishes by it, `warehouse override-gate` calls `override_gate`.
"""

from collections.abc import Sequence
from typing import Any

from expectations.gate import GateCheck, GateResult
from pipeline.build.code_version import code_version
from warehouse import build_state, builds, notices
from warehouse.build_state import Candidate
from warehouse.home import Home
from warehouse.ledger import GateOverride, Ledger, Verdict
from warehouse.marts import content_hash_of


class NotJudged(RuntimeError):
    """The gate has not judged what the build database holds."""


def new_candidate(home: Home, ledger: Ledger, tables: Sequence[str], inputs_fingerprint: str) -> Candidate:
    """Id and content of what the build database holds, for the gate to judge.

    The same content that the gate judged before, and that was not published, keeps its id: an id that a notice names
    stays good however often the build is repeated.
    """
    content, code = content_hash_of(home.build_db, tables), code_version()
    last = build_state.read(home).candidate
    known = {one.build_id for one in ledger.publications()}
    if last and (last.content_hash, last.code_version) == (content, code) and last.build_id not in known:
        return last
    return Candidate(builds.new_build_id(home, ledger, inputs_fingerprint, code), content, code)


def record(home: Home, ledger: Ledger, candidate: Candidate, result: GateResult) -> Verdict:
    """Keep what the gate said of a candidate, in the ledger and beside the build database."""
    failed = [check for check in result.failures if check.severity == "fail"]
    warned = [check for check in result.failures if check.severity == "warning"]
    verdict = ledger.record_verdict(
        candidate.build_id,
        candidate.content_hash,
        failures=_as_stored(failed),
        warnings=_as_stored(warned),
        passed=result.passed,
    )
    build_state.change(home, candidate=candidate)
    return verdict


def _as_stored(checks: Sequence[GateCheck]) -> list[dict[str, str]]:
    return [{"name": check.name, "detail": check.detail} for check in checks]


def last_verdict(home: Home, ledger: Ledger) -> tuple[Candidate, Verdict]:
    """What the gate judged last in the build database, and its verdict. Raises NotJudged."""
    candidate = build_state.read(home).candidate
    verdict = ledger.verdict(candidate.build_id) if candidate else None
    if candidate is None or verdict is None or verdict.content_hash != candidate.content_hash:
        raise NotJudged(
            "构建库的内容还没有经过发布审核，没有发布；请运行 warehouse publish --force "
            "(the gate has not judged what the build database holds; nothing was published: run warehouse publish --force)"
        )
    return candidate, verdict


def overrides_of(ledger: Ledger, verdict: Verdict) -> list[GateOverride]:
    """Overrides of the gate for this very content, under whatever build it was judged."""
    failed = {one["name"] for one in verdict.failures}
    return [
        one
        for one in ledger.gate_overrides()
        if one.content_hash == verdict.content_hash and failed.intersection(one.checks)
    ]


def open_failures(ledger: Ledger, verdict: Verdict) -> list[str]:
    """Names of failed checks that nobody overrode; none where the build may be published. A gate that gave no result
    cannot be overridden: then it names itself.
    """
    if verdict.passed:
        return []
    covered = {name for one in overrides_of(ledger, verdict) for name in one.checks}
    names = dict.fromkeys(one["name"] for one in verdict.failures)
    return [name for name in names if name not in covered] if names else ["no_result"]


def of_manifest(ledger: Ledger, verdict: Verdict) -> dict[str, Any]:
    """What a build's manifest says of the gate: the verdict, and who let it pass all the same, when and why."""
    return {
        "passed": verdict.passed,
        "judged_at": verdict.judged_at.isoformat(),
        "failures": [dict(one) for one in verdict.failures],
        "warnings": [dict(one) for one in verdict.warnings],
        "overrides": [
            {
                "override_id": one.override_id,
                "checks": list(one.checks),
                "because": one.because,
                "decided_by": one.decided_by,
                "decided_at": one.decided_at.isoformat(),
                "recorded_by": one.recorded_by,
            }
            for one in overrides_of(ledger, verdict)
        ],
    }


def notify_refused(home: Home, ledger: Ledger, verdict: Verdict, message: str) -> None:
    """Tell people that the gate refused a build; the same content once."""
    notices.notify(
        home,
        ledger,
        "gate_refused",
        f"gate_refused {verdict.content_hash}",
        f"构建 {verdict.build_id} 未通过发布审核 (the gate refused the build)",
        message,
        {"build_id": verdict.build_id, "checks": [one["name"] for one in verdict.failures]},
    )


def details(verdict: Verdict) -> dict[str, str]:
    """What each failed check found, by its name."""
    return {one["name"]: one["detail"] for one in verdict.failures}


def refusal(verdict: Verdict, names: Sequence[str]) -> str:
    """The message of a refusal: the build, what failed, and what to do."""
    found = details(verdict)
    nothing = "发布审核没有给出结果 (the gate gave no result)"
    failed = "; ".join(f"{name}: {found.get(name, nothing)}" for name in names)
    options = " ".join(f"--check {name}" for name in names)
    return (
        f"构建 {verdict.build_id} 未通过发布审核，已发布的数据不变：{failed}。改正数据后再发布；确属正当的变化："
        f"warehouse override-gate {verdict.build_id} {options} --because 理由 --by 姓名 "
        "(the gate refused the build, what is published stays; correct the data, or override these checks for this build)"
    )
