-- What townships report whole, shared out over their parts and zones by measured area.
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
from {{ ref('int_township_figure') }} as reported
inner join {{ ref('int_area_cell') }} as area_cell on reported.township_code = area_cell.township_code
