-- What an acceptance (合格 only, from the base year on) says of the ground that its project changed: where reclaimed cropland came from,
-- which kind of inefficient land was renewed, how good the cropland was that became high-standard farmland. One row an acceptance and
-- figure.
with accepted as (
    select
        *,
        hsf_mu / {{ plan_fact('hsf_mu_per_ha') }} as hsf_ha
    from {{ ref('stg_project_acceptance') }}
    where is_accepted and extract(year from acceptance_date) >= {{ plan_fact('base_year') }}
),

said as (
    select
        accepted.*,
        case grade.quality when 'high' then '高质量' when 'medium' then '中质量' when 'low' then '低质量' end as quality_before
    from accepted
    left join {{ ref('cropland_grade') }} as grade on accepted.grade_before = grade.grade
)

select
    submission_id,
    row_id,
    township_code,
    'cropland_linked' as measure_code,
    'reclaimed_from' as dimension,
    reclaimed_from as stated,
    cropland_linked_ha as area_ha
from said
where cropland_linked_ha > 0
union all
select
    submission_id,
    row_id,
    township_code,
    'renewed_inefficient',
    'renewed_land',
    renewed_land,
    renewed_inefficient_ha
from said
where renewed_inefficient_ha > 0
union all
select
    submission_id,
    row_id,
    township_code,
    'hsf',
    'upgraded_quality',
    quality_before,
    hsf_ha
from said
where hsf_ha > 0
