-- How fresh each dataset is: up to where its reports that are in force reach, and when the last of them came.
select
    dataset.dataset,
    dataset.title_zh as dataset_name,
    dataset.title_en as dataset_name_en,
    count(reported.reporting_unit) as reporting_units,
    max_by(reported.period, {{ period_ends_on('reported.period') }}) as last_period,
    max({{ period_ends_on('reported.period') }}) as data_through,
    max(submission.received_at) as last_received_at
from {{ ref('dataset') }} as dataset
left join {{ ref('stg_submission_unit') }} as reported
    on dataset.dataset = reported.dataset and reported.accepted_at is not null and reported.ended_at is null
left join {{ ref('stg_submission') }} as submission on reported.submission_id = submission.submission_id
group by all
