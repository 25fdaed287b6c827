-- 农村生活垃圾处理季报: the rows in force, periods as dates.
select
    submission_id,
    {{ moment('accepted_at') }} as accepted_at,
    row_id,
    sheet,
    row_no,
    cells,
    reporting_unit,
    period,
    {{ period_starts_on('period') }} as starts_on,
    {{ period_ends_on('period') }} as ends_on,
    township_code,
    village_count,
    villages_covered,
    households,
    waste_generated_t,
    waste_treated_t,
    treatment_pct
from {{ source('raw', 'rural_waste') }}
