-- What the layers measure: one row a feature and area cell. A feature that does not count toward a measure stands there with 0, so that
-- a layer received means 0 where there is none, and a layer not received means nothing.
with boundary as (
    select
        submission_id,
        township_code,
        min(sheet) as sheet,
        {{ joined_in_order('feature', 'feature') }} as feature,
        min(period) as period,
        min(starts_on) as starts_on,
        max(ends_on) as ends_on
    from {{ ref('stg_admin_boundary') }}
    group by submission_id, township_code
),

measured as (
    select
        origin.measure_code,
        feature.*
    from {{ ref('measure_source') }} as origin
    inner join {{ ref('int_layer_feature') }} as feature
        on origin.dataset = feature.dataset and origin.counts_where is not distinct from feature.flag
)

select
    origin.measure_code,
    origin.dataset,
    cell.boundary_submission_id as submission_id,
    'layer' as reporting_unit,
    cast(null as bigint) as row_id,
    boundary.sheet,
    boundary.feature,
    boundary.period,
    boundary.starts_on,
    boundary.ends_on,
    cell.township_code,
    cell.part_code,
    cell.consolidation_zone,
    cell.restoration_zone,
    cell.area_m2 as amount
from {{ ref('stg_base_partition') }} as cell
inner join {{ ref('measure_source') }} as origin on origin.dataset = 'admin_boundary'
inner join boundary
    on cell.boundary_submission_id = boundary.submission_id and cell.township_code = boundary.township_code
union all
select
    feature.measure_code,
    feature.dataset,
    feature.submission_id,
    feature.reporting_unit,
    feature.row_id,
    feature.sheet,
    feature.feature,
    feature.period,
    feature.starts_on,
    feature.ends_on,
    overlay.township_code,
    overlay.part_code,
    overlay.consolidation_zone,
    overlay.restoration_zone,
    case when feature.counts then overlay.area_m2 else 0 end
from measured as feature
inner join {{ ref('int_overlay') }} as overlay
    on
        feature.dataset = overlay.dataset
        and feature.submission_id = overlay.submission_id
        and feature.row_id = overlay.row_id
