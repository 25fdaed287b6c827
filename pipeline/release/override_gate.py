"""Overrides of the gate: a person decides that failed checks do not stop one build of one content, which is then
published. `warehouse override-gate` calls it.
"""

from collections.abc import Callable, Sequence
from typing import Any

from pipeline.build import gate_verdict
from pipeline.build import run as build
from warehouse import build_state
from warehouse.home import Home
from warehouse.ledger import Ledger, Verdict


def override_gate(
    home: Home,
    build_id: str,
    checks: Sequence[str] = (),
    *,
    because: str = "",
    by: str | None = None,
    is_dry_run: bool = False,
    wait: bool = True,
    progress: Callable[[str], None] = lambda line: None,
) -> dict[str, Any]:
    """Let a refused build pass although these checks failed; once no failed check is left, publish it as it is, without
    building anew.

    is_dry_run: only say what failed. Returns {"build", "failures": [{"name", "detail"}], "overridden": names of all
    checks overridden by now, "left": names of those that still stop it, "published": id, or None}.
    Raises ValueError for a build that the gate did not refuse, one that is no longer in the build database, a check that
    did not fail, no reason or no check; what pipeline.build.run.run raises.
    """
    with Ledger.open(home) as ledger:
        verdict = _refused(home, ledger, build_id)
        if not is_dry_run:
            failed = {one["name"] for one in verdict.failures}
            if not because.strip() or not checks:
                raise ValueError("请写明检查和理由 (name the checks and the reason): --check … --because …")
            if unknown := sorted(set(checks) - failed):
                raise ValueError(
                    f"这些检查并未失败 (these did not fail): {'、'.join(unknown)}；失败的有 (failed): {'、'.join(sorted(failed))}"
                )
            ledger.override_gate(
                build_id, verdict.content_hash, set(checks), because=because, decided_by=by or ledger.actor
            )
        left = gate_verdict.open_failures(ledger, verdict)
        overridden = sorted({name for one in gate_verdict.overrides_of(ledger, verdict) for name in one.checks})
    published = None
    if not is_dry_run and not left:
        published = build.run(home, steps=("publish",), wait=wait, progress=progress)["publish"]["build"]
    return {
        "build": build_id,
        "failures": [dict(one) for one in verdict.failures],
        "overridden": overridden,
        "left": left,
        "published": published,
    }


def _refused(home: Home, ledger: Ledger, build_id: str) -> Verdict:
    """The verdict on a build that the gate refused and that the build database still holds."""
    verdict = ledger.verdict(build_id)
    if verdict is None:
        raise ValueError(f"发布审核没有这次构建 (the gate never judged this build): {build_id}")
    if verdict.passed:
        raise ValueError(f"构建 {build_id} 已通过发布审核，无须放行 (passed the gate: there is nothing to override)")
    candidate = build_state.read(home).candidate
    if candidate is None or candidate.build_id != build_id:
        now = candidate.build_id if candidate else "无 (none)"
        raise ValueError(
            f"构建库里已不是 {build_id}，而是 {now}；请看它的审核结果后再决定：warehouse override-gate {now} --dry-run "
            "(the build database holds another build by now: look at its verdict and decide on that)"
        )
    return verdict
