-- Every waiver of a rule, and what it let in.
with lifted as (
    select
        lifted_by,
        count(*) as findings,
        count(distinct submission_id) as submissions
    from {{ ref('stg_finding') }}
    where lifted_by is not null
    group by lifted_by
)

select
    waiver.waiver_id,
    waiver.rule_id,
    waiver.dataset,
    dataset.title_zh as dataset_name,
    waiver.reporting_unit,
    township.township_name,
    waiver.period,
    waiver.approver,
    waiver.because,
    waiver.granted_at,
    waiver.until_on,
    waiver.ended_at,
    waiver.ended_by,
    waiver.ended_because,
    coalesce(lifted.findings, 0) as findings,
    coalesce(lifted.submissions, 0) as submissions
from {{ ref('stg_waiver') }} as waiver
left join lifted on waiver.waiver_id = lifted.lifted_by
left join {{ ref('township') }} as township on split_part(waiver.reporting_unit, '|', -1) = township.township_code
left join {{ ref('dataset') }} as dataset on waiver.dataset = dataset.dataset
