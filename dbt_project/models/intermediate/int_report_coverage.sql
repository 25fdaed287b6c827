-- How much of what an area's townships have to report for a period has come in: days covered against days due.
-- Only for sources in which a missing report is not zero.
with due as (
    select
        area.area_level,
        area.area_code,
        count(distinct area_cell.township_code) as townships
    from {{ ref('int_area') }} as area
    inner join {{ ref('int_area_cell') }} as area_cell
        on
            area.area_level = 'district'
            or area.area_code in (area_cell.consolidation_zone, area_cell.restoration_zone, area_cell.township_code, area_cell.part_code)
    group by area.area_level, area.area_code
),

report as (
    select distinct
        period.indicator_code,
        period.period,
        period.starts_on as period_starts_on,
        period.ends_on as period_ends_on,
        measure.area_level,
        measure.area_code,
        measure.township_code,
        measure.starts_on,
        measure.ends_on
    from {{ ref('int_indicator_period') }} as period
    inner join {{ ref('int_indicator_measure') }} as part
        on period.indicator_code = part.indicator_code and period.source = part.source and not part.absence_is_zero
    inner join {{ ref('int_measure_area') }} as measure
        on
            part.measure_code = measure.measure_code
            and part.source = measure.source
            and period.starts_on <= measure.starts_on
            and period.ends_on >= measure.ends_on
)

select
    report.indicator_code,
    report.period,
    report.area_level,
    report.area_code,
    sum({{ days_between('report.starts_on', 'report.ends_on') }} + 1)
    / min(due.townships * ({{ days_between('report.period_starts_on', 'report.period_ends_on') }} + 1)) as coverage
from report
inner join due on report.area_level = due.area_level and report.area_code = due.area_code
group by report.indicator_code, report.period, report.area_level, report.area_code
