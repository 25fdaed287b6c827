-- Reported figures beside what the accepted ledger plans for the whole project, where it plans anything (a plan of 0 is a plan).
select
    submission.row_id,
    'cum_investment_wan' as field,
    submission.cum_investment_wan as found,
    ledger.planned_investment_wan as expected
from submission
inner join accepted_project_ledger as ledger on submission.project_id = ledger.project_id
union all
select
    submission.row_id,
    'cum_consolidated_area_ha' as field,
    submission.cum_consolidated_area_ha as found,
    ledger.planned_area_ha as expected
from submission
inner join accepted_project_ledger as ledger on submission.project_id = ledger.project_id
union all
select
    submission.row_id,
    'cum_cropland_ha' as field,
    submission.cum_cropland_ha as found,
    ledger.planned_cropland_ha as expected
from submission
inner join accepted_project_ledger as ledger on submission.project_id = ledger.project_id
union all
select
    submission.row_id,
    'cum_hsf_mu' as field,
    submission.cum_hsf_mu as found,
    ledger.planned_hsf_mu as expected
from submission
inner join accepted_project_ledger as ledger on submission.project_id = ledger.project_id
