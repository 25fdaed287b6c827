-- The fact that all figures are made of: one measure of one source, for one reported row or feature, at one place. Every figure of the
-- marts is a sum of these rows.
with measured as (
    select
        spatial.measure_code,
        origin.source,
        spatial.dataset,
        origin.field,
        spatial.submission_id,
        spatial.reporting_unit,
        spatial.row_id,
        spatial.sheet,
        cast(null as string) as cell,
        spatial.feature,
        cast(null as string) as project_id,
        spatial.period,
        spatial.starts_on,
        spatial.ends_on,
        spatial.township_code,
        spatial.part_code,
        spatial.consolidation_zone,
        spatial.restoration_zone,
        1.0 as share,
        false as is_allocated,
        'layer' as located_by,
        spatial.amount as reported_value,
        spatial.amount as value
    from {{ ref('int_measure_spatial') }} as spatial
    inner join {{ ref('measure_source') }} as origin
        on spatial.measure_code = origin.measure_code and spatial.dataset = origin.dataset
),

statistics as (
    select
        origin.measure_code,
        origin.source,
        reported.dataset,
        reported.field,
        reported.submission_id,
        reported.reporting_unit,
        reported.row_id,
        reported.sheet,
        reported.cell,
        cast(null as string) as feature,
        cast(null as string) as project_id,
        reported.period,
        reported.starts_on,
        reported.ends_on,
        reported.township_code,
        reported.part_code,
        reported.consolidation_zone,
        reported.restoration_zone,
        reported.share,
        reported.is_allocated,
        'township' as located_by,
        reported.reported_amount as reported_value,
        reported.amount as value
    from {{ ref('int_measure_statistics') }} as reported
    inner join {{ ref('measure_source') }} as origin
        on reported.dataset = origin.dataset and reported.field = origin.field
),

projects as (
    select
        origin.measure_code,
        origin.source,
        reported.dataset,
        reported.field,
        reported.submission_id,
        reported.reporting_unit,
        reported.row_id,
        reported.sheet,
        reported.cell,
        cast(null as string) as feature,
        reported.project_id,
        reported.period,
        reported.starts_on,
        reported.ends_on,
        reported.township_code,
        reported.part_code,
        reported.consolidation_zone,
        reported.restoration_zone,
        reported.share,
        reported.is_allocated,
        reported.located_by,
        reported.reported_amount as reported_value,
        reported.amount as value
    from {{ ref('int_measure_project') }} as reported
    inner join {{ ref('measure_source') }} as origin
        on reported.dataset = origin.dataset and reported.field = origin.field
),

every_row as (
    select * from measured
    union all
    select * from statistics
    union all
    select * from projects
),

reported_period as (
    select
        measure_code,
        source,
        township_code,
        ends_on,
        lead(ends_on) over (partition by measure_code, source, township_code order by ends_on) as next_ends_on
    from every_row
    group by measure_code, source, township_code, ends_on
)

select
    every_row.measure_code,
    every_row.source,
    every_row.dataset,
    every_row.field,
    field.measure_unit,
    every_row.submission_id,
    every_row.reporting_unit,
    every_row.row_id,
    every_row.sheet,
    every_row.cell,
    every_row.feature,
    every_row.project_id,
    every_row.period,
    every_row.starts_on,
    every_row.ends_on,
    reported_period.next_ends_on,
    every_row.township_code,
    every_row.part_code,
    every_row.consolidation_zone,
    every_row.restoration_zone,
    cast(every_row.share as double) as share,
    every_row.is_allocated,
    every_row.located_by,
    cast(every_row.reported_value as double) as reported_value,
    cast(every_row.value as double) as value
from every_row
inner join reported_period
    on
        every_row.measure_code = reported_period.measure_code
        and every_row.source = reported_period.source
        and every_row.township_code = reported_period.township_code
        and every_row.ends_on = reported_period.ends_on
inner join {{ ref('contract_field') }} as field on every_row.dataset = field.dataset and every_row.field = field.field
