-- What was accepted (合格 only) on its day, on the ground where its project lies. High-standard farmland that was accepted twice on one
-- ground counts once.
with acceptance as (
    select
        'project_acceptance' as dataset,
        submission_id,
        reporting_unit,
        row_id,
        sheet,
        cells,
        project_id,
        period,
        starts_on,
        ends_on,
        township_code,
        field,
        amount
    from {{ ref('stg_project_acceptance') }}
    unpivot (
        amount for field in (accepted_area_ha, cropland_reserve_ha, cropland_linked_ha, hsf_mu, renewed_inefficient_ha)
    )
    where is_accepted
),

placed as (
    {{ on_project_ground('acceptance', ref('int_project_location')) }}
)

select
    placed.dataset,
    placed.field,
    placed.submission_id,
    placed.reporting_unit,
    placed.row_id,
    placed.sheet,
    {{ cell_of('placed.cells', 'placed.field') }} as cell,
    placed.project_id,
    placed.period,
    placed.starts_on,
    placed.ends_on,
    placed.township_code,
    placed.part_code,
    placed.consolidation_zone,
    placed.restoration_zone,
    placed.ground_share * (1 - coalesce(repeated.share, 0)) as share,
    placed.is_allocated,
    placed.located_by,
    placed.amount as reported_amount,
    placed.amount * placed.ground_share * (1 - coalesce(repeated.share, 0)) as amount
from placed
left join {{ ref('int_repeated_ground') }} as repeated
    on
        placed.field = 'hsf_mu'
        and placed.submission_id = repeated.submission_id
        and placed.row_id = repeated.row_id
        and placed.part_code = repeated.part_code
        and placed.consolidation_zone = repeated.consolidation_zone
        and placed.restoration_zone = repeated.restoration_zone
