-- What projects report, on the ground where they lie: accepted results (合格 only) on their day, monthly figures to date. High-standard
-- farmland that was accepted twice on one ground counts once.
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

progress as (
    select
        'project_progress' as dataset,
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
    from {{ ref('stg_project_progress') }}
    unpivot (
        amount for field in (
            cum_investment_wan, funds_central_wan, funds_province_wan, funds_local_wan, funds_social_wan,
            cum_consolidated_area_ha, cum_cropland_ha, cum_hsf_mu, cum_reclaimed_ha
        )
    )
),

reported as (
    select * from acceptance
    union all
    select * from progress
)

select
    reported.dataset,
    reported.field,
    reported.submission_id,
    reported.reporting_unit,
    reported.row_id,
    reported.sheet,
    {{ cell_of('reported.cells', 'reported.field') }} as cell,
    reported.project_id,
    reported.period,
    reported.starts_on,
    reported.ends_on,
    reported.township_code,
    place.part_code,
    place.consolidation_zone,
    place.restoration_zone,
    place.share * (1 - coalesce(repeated.share, 0)) as share,
    place.is_allocated,
    place.located_by,
    reported.amount as reported_amount,
    reported.amount * place.share * (1 - coalesce(repeated.share, 0)) as amount
from reported
inner join {{ ref('int_project_location') }} as place
    on reported.project_id = place.project_id and reported.township_code = place.township_code
left join {{ ref('int_repeated_ground') }} as repeated
    on
        reported.field = 'hsf_mu'
        and reported.submission_id = repeated.submission_id
        and reported.row_id = repeated.row_id
        and place.part_code = repeated.part_code
        and place.consolidation_zone = repeated.consolidation_zone
        and place.restoration_zone = repeated.restoration_zone
