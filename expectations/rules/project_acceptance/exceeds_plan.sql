-- What is accepted of a project, in all, is no more than the ledger plans for it, with an allowance. Threshold: times.
-- The last record is named.
with accepted as (
    select
        project_id,
        sum(accepted_area_ha) as area_ha,
        sum(coalesce(cropland_reserve_ha, 0) + coalesce(cropland_linked_ha, 0)) as cropland_ha,
        sum(hsf_mu) as hsf_mu
    from acceptance_record
    where conclusion = '合格'
    group by project_id
),

compared as (
    select
        accepted.project_id,
        'accepted_area_ha' as field,
        accepted.area_ha as found,
        ledger.planned_area_ha as expected
    from accepted
    inner join accepted_project_ledger as ledger on accepted.project_id = ledger.project_id
    union all
    select
        accepted.project_id,
        'cropland_reserve_ha' as field,
        accepted.cropland_ha as found,
        ledger.planned_cropland_ha as expected
    from accepted
    inner join accepted_project_ledger as ledger on accepted.project_id = ledger.project_id
    union all
    select
        accepted.project_id,
        'hsf_mu' as field,
        accepted.hsf_mu as found,
        ledger.planned_hsf_mu as expected
    from accepted
    inner join accepted_project_ledger as ledger on accepted.project_id = ledger.project_id
)

select
    max(submission.row_id) as row_id,
    compared.field,
    compared.project_id as project,
    compared.found,
    compared.expected
from compared
inner join submission on compared.project_id = submission.project_id
where submission.conclusion = '合格' and round(compared.found - compared.expected * $threshold, 6) > 0
group by compared.project_id, compared.field, compared.found, compared.expected
