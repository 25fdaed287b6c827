-- Every file received: what became of it, and how many rows were accepted, held or control.
select
    submission.submission_id,
    submission.file_name,
    submission.dataset,
    submission.family,
    submission.sender,
    submission.received_at,
    submission.state,
    submission.rows_read,
    submission.rows_accepted,
    submission.rows_held,
    submission.rows_control,
    count(finding.rule_id) filter (where finding.severity = 'error') as errors,
    count(finding.rule_id) filter (where finding.severity = 'warning') as warnings
from {{ ref('stg_submission') }} as submission
left join {{ ref('stg_finding') }} as finding on submission.submission_id = finding.submission_id
group by all
