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

feature as (
    select
        'redline_area' as measure_code,
        'ecological_redline' as dataset,
        submission_id,
        row_id,
        sheet,
        feature,
        reporting_unit,
        period,
        starts_on,
        ends_on,
        true as counts
    from {{ ref('stg_ecological_redline') }}
    union all
    select
        'forest_area',
        'forest_land',
        submission_id,
        row_id,
        sheet,
        feature,
        reporting_unit,
        period,
        starts_on,
        ends_on,
        is_forest
    from {{ ref('stg_forest_land') }}
    union all
    select
        'wetland_area',
        'wetland',
        submission_id,
        row_id,
        sheet,
        feature,
        reporting_unit,
        period,
        starts_on,
        ends_on,
        true
    from {{ ref('stg_wetland') }}
    union all
    select
        'protected_wetland_area',
        'wetland',
        submission_id,
        row_id,
        sheet,
        feature,
        reporting_unit,
        period,
        starts_on,
        ends_on,
        is_protected
    from {{ ref('stg_wetland') }}
    union all
    select
        'subsidence_area',
        'mining_subsidence',
        submission_id,
        row_id,
        sheet,
        feature,
        reporting_unit,
        period,
        starts_on,
        ends_on,
        true
    from {{ ref('stg_mining_subsidence') }}
)

select
    'land_area' as measure_code,
    'admin_boundary' as dataset,
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
from feature
inner join {{ ref('int_overlay') }} as overlay
    on
        feature.dataset = overlay.dataset
        and feature.submission_id = overlay.submission_id
        and feature.row_id = overlay.row_id
