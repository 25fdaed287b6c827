-- Every decision of a person on a reporting unit, held ones accepted and accepted ones withdrawn: who decided, when and why.
select
    decision.decision_id,
    decision.kind,
    {{ code_name('decision_kind', 'decision.kind') }} as kind_zh,
    decision.submission_id,
    submission.file_name,
    decision.dataset,
    dataset.title_zh as dataset_name,
    decision.reporting_unit,
    decision.period,
    {{ joined('decision.rules') }} as rules,
    decision.because,
    decision.decided_by,
    decision.decided_at
from {{ ref('stg_decision') }} as decision
inner join {{ ref('stg_submission') }} as submission on decision.submission_id = submission.submission_id
left join {{ ref('dataset') }} as dataset on decision.dataset = dataset.dataset
