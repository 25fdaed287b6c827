-- What became of each rule for each reporting unit of every submission: passed, failed or not applicable, and why.
select
    outcome.submission_id,
    submission.dataset,
    outcome.reporting_unit,
    outcome.period,
    outcome.rule_id,
    outcome.field,
    code.outcome,
    code.reason,
    code.outcome_zh,
    code.reason_zh,
    submission.received_at
from {{ ref('int_rule_outcome') }} as outcome
inner join {{ ref('stg_submission') }} as submission on outcome.submission_id = submission.submission_id
inner join {{ ref('rule_outcome_code') }} as code on outcome.code = code.code
