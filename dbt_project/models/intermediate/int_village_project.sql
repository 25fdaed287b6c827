-- What projects say of the villages that the plan names: rows of the ledger and acceptances whose 坐落村 is one of them, by name (with or
-- without 村) or by code of 2020 or 2021.
with said as (
    select
        'ledger' as stage,
        project_id,
        village,
        submission_id,
        null as acceptance_no,
        cast(null as date) as acceptance_date,
        planned_area_ha as area_ha,
        planned_cropland_ha as cropland_ha,
        true as counts
    from {{ ref('stg_project_ledger') }}
    union all
    select
        'acceptance',
        project_id,
        village,
        submission_id,
        acceptance_no,
        acceptance_date,
        accepted_area_ha,
        coalesce(cropland_reserve_ha, 0) + coalesce(cropland_linked_ha, 0),
        is_accepted and extract(year from acceptance_date) >= {{ plan_fact('base_year') }}
    from {{ ref('stg_project_acceptance') }}
)

select distinct
    village.village_name,
    village.township_code,
    said.stage,
    said.project_id,
    said.acceptance_no,
    said.acceptance_date,
    said.area_ha,
    said.cropland_ha,
    said.counts,
    said.submission_id
from said
cross join {{ items("replace(replace(said.village, ',', ';'), '、', ';')") }} as named (village)
inner join {{ ref('plan_key_area_village') }} as village
    on
        trim(named.village) in (village.village_name, village.village_name || '村')
        or trim(named.village) || '村' = village.village_name
        or trim(named.village) in (village.village_code_2020, village.village_code_2021)
