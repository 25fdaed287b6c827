-- What townships report whole, shared out over their parts and zones by measured area.
with ecology as (
    select
        'ecology' as dataset,
        submission_id,
        reporting_unit,
        row_id,
        sheet,
        cells,
        period,
        starts_on,
        ends_on,
        township_code,
        field,
        amount
    from {{ ref('stg_ecology') }}
    unpivot (
        amount for field in (
            land_area_ha, forest_area_ha, wetland_area_ha, protected_wetland_area_ha, redline_area_km2
        )
    )
),

rural_waste as (
    select
        'rural_waste' as dataset,
        submission_id,
        reporting_unit,
        row_id,
        sheet,
        cells,
        period,
        starts_on,
        ends_on,
        township_code,
        field,
        amount
    from {{ ref('stg_rural_waste') }}
    unpivot (amount for field in (waste_generated_t, waste_treated_t))
),

reported as (
    select * from ecology
    union all
    select * from rural_waste
)

select
    reported.dataset,
    reported.field,
    reported.submission_id,
    reported.reporting_unit,
    reported.row_id,
    reported.sheet,
    {{ cell_of('reported.cells', 'reported.field') }} as cell,
    reported.period,
    reported.starts_on,
    reported.ends_on,
    reported.township_code,
    area_cell.part_code,
    area_cell.consolidation_zone,
    area_cell.restoration_zone,
    area_cell.share,
    area_cell.is_allocated,
    reported.amount as reported_amount,
    reported.amount * area_cell.share as amount
from reported
inner join {{ ref('int_area_cell') }} as area_cell on reported.township_code = area_cell.township_code
