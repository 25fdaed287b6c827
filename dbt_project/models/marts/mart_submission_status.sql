-- Every report that is expected, from whom and by when, and what became of it by the as-of date of the build.
select
    report.dataset,
    report.title_zh as dataset_name,
    report.period,
    report.reporting_unit,
    report.unit_zh as unit_name,
    township.township_code,
    township.township_name,
    report.due_on,
    report.state,
    report.state_zh,
    report.is_met,
    report.is_overdue,
    report.days_late,
    report.received_at,
    report.submission_id,
    submission.file_name,
    submission.sender,
    report.as_of_date
from {{ ref('stg_expected_report') }} as report
left join {{ ref('stg_submission') }} as submission on report.submission_id = submission.submission_id
left join {{ ref('township') }} as township on split_part(report.reporting_unit, '|', -1) = township.township_code
