-- No ground is consolidated before construction begins.
select
    submission.row_id,
    submission_value.field,
    submission.stage,
    submission_value.value as found,
    0 as expected
from submission
inner join submission_value on submission.row_id = submission_value.row_id
inner join ref_code as stage on submission.stage = stage.code and stage.list = 'stage'
inner join ref_code as building on building.list = 'stage' and building.code = '在建'
where
    stage.position < building.position
    and submission_value.field in ('cum_consolidated_area_ha', 'cum_cropland_ha', 'cum_hsf_mu', 'cum_reclaimed_ha')
    and submission_value.value > 0
