-- What projects say of the plan's key areas: rows of the ledger and acceptances that name the key area or one of its villages, once each.
with named as (
    select
        key_area_code,
        'ledger' as stage,
        project_id,
        null as acceptance_no
    from {{ ref('stg_project_ledger') }}
    where key_area_code is not null
    union
    select
        key_area_code,
        'acceptance',
        project_id,
        acceptance_no
    from {{ ref('stg_project_acceptance') }}
    where key_area_code is not null
    union
    select
        village.key_area_code,
        said.stage,
        said.project_id,
        said.acceptance_no
    from {{ ref('int_village_project') }} as said
    inner join {{ ref('plan_key_area_village') }} as village
        on said.village_name = village.village_name and said.township_code = village.township_code
)

select
    named.key_area_code,
    named.stage,
    named.project_id,
    named.acceptance_no,
    accepted.acceptance_date,
    coalesce(accepted.accepted_area_ha, planned.planned_area_ha) as area_ha,
    coalesce(accepted.cropland_reserve_ha, 0) + coalesce(accepted.cropland_linked_ha, 0) as accepted_cropland_ha,
    coalesce(accepted.renewed_inefficient_ha, 0) as accepted_renewed_ha
from named
left join {{ ref('stg_project_ledger') }} as planned on named.stage = 'ledger' and named.project_id = planned.project_id
left join {{ ref('stg_project_acceptance') }} as accepted
    on named.stage = 'acceptance' and named.project_id = accepted.project_id and named.acceptance_no = accepted.acceptance_no
where
    named.stage = 'ledger'
    or accepted.is_accepted and extract(year from accepted.acceptance_date) >= {{ plan_fact('base_year') }}
