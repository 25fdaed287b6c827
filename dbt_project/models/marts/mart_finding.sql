-- Every finding of every submission, with its place in the file. Numbered anew: the ledger's numbers have gaps once a file was judged
-- again.
with finding as (
    select
        *,
        case left(lifted_by, 1) when 'W' then 'waived' when 'D' then 'confirmed' else severity end as severity_now
    from {{ ref('stg_finding') }}
)

select
    finding.submission_id,
    row_number() over (partition by finding.submission_id order by finding.finding_no) as finding_no,
    submission.file_name,
    submission.dataset,
    dataset.title_zh as dataset_name,
    submission.received_at,
    finding.rule_id,
    finding.severity_now as severity,
    {{ code_name('severity', 'finding.severity_now') }} as severity_zh,
    finding.lifted_by,
    finding.reporting_unit,
    finding.period,
    finding.sheet,
    finding.cell,
    finding.feature,
    finding.field,
    finding.found,
    finding.expected,
    finding.message,
    finding.remedy,
    finding.lon,
    finding.lat
from finding
inner join {{ ref('stg_submission') }} as submission on finding.submission_id = submission.submission_id
left join {{ ref('dataset') }} as dataset on submission.dataset = dataset.dataset
