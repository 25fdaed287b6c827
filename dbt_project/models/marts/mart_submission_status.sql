-- Every report that is owed, from whom and by when, and what became of it by the day of the build.
select
    owed.dataset,
    owed.title_zh as dataset_name,
    owed.period,
    owed.reporting_unit,
    owed.unit_zh as unit_name,
    township.township_code,
    owed.due_on,
    owed.state,
    owed.state_zh,
    owed.is_met,
    owed.is_overdue,
    owed.days_late,
    owed.received_at,
    owed.submission_id,
    submission.file_name,
    submission.sender,
    owed.as_of_date
from {{ ref('stg_expected_report') }} as owed
left join {{ ref('stg_submission') }} as submission on owed.submission_id = submission.submission_id
left join {{ ref('township') }} as township on split_part(owed.reporting_unit, '|', -1) = township.township_code
