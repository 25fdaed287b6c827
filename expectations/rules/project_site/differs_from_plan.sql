-- A sub-project's site is about as large as the ledger plans. Threshold: %.
select
    submission.row_id,
    'declared_area_ha' as field,
    submission.subproject_id as project,
    submission.area_m2 / 10000 as found,
    ledger.planned_area_ha as expected
from submission
inner join accepted_project_ledger as ledger on submission.subproject_id = ledger.project_id
where
    ledger.planned_area_ha > 0
    and abs(submission.area_m2 / 10000 - ledger.planned_area_ha) > ledger.planned_area_ha * $threshold / 100
