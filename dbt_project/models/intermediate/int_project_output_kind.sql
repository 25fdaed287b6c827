-- Which of the outputs that monthly reports ask for a project has and which the ledger plans, one row a project: area, new cropland,
-- high-standard farmland.
select
    project_id,
    bool_or(has_output and field = 'cum_consolidated_area_ha') as has_area,
    bool_or(is_planned and field = 'cum_consolidated_area_ha') as plans_area,
    bool_or(has_output and field = 'cum_cropland_ha') as has_cropland,
    bool_or(is_planned and field = 'cum_cropland_ha') as plans_cropland,
    bool_or(has_output and field = 'cum_hsf_mu') as has_hsf,
    bool_or(is_planned and field = 'cum_hsf_mu') as plans_hsf
from {{ ref('int_project_output') }}
group by project_id
