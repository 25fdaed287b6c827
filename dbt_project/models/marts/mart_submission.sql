-- Every file received: what became of it, and how many rows were accepted, held or control.
with in_force as (
    select
        submission_id,
        count(accepted_at) as units_accepted
    from {{ ref('stg_submission_unit') }}
    group by submission_id
)

select
    submission.submission_id,
    submission.file_name,
    submission.dataset,
    dataset.title_zh as dataset_name,
    submission.family,
    submission.sender,
    submission.received_at,
    submission.state,
    {{ code_name('submission_state', 'submission.state') }} as state_zh,
    submission.rows_read,
    submission.rows_accepted,
    submission.rows_held,
    submission.rows_control,
    coalesce(in_force.units_accepted, 0) as units_accepted,
    declared.declared_through,
    count(finding.rule_id) filter (where finding.severity = 'error') as errors,
    count(finding.rule_id) filter (where finding.severity = 'warning') as warnings
from {{ ref('stg_submission') }} as submission
left join {{ ref('int_declared_day') }} as declared on submission.submission_id = declared.submission_id
left join in_force on submission.submission_id = in_force.submission_id
left join {{ ref('stg_finding') }} as finding on submission.submission_id = finding.submission_id
left join {{ ref('dataset') }} as dataset on submission.dataset = dataset.dataset
group by all
