-- What the monthly reports say to date, on the ground where it lies. A report speaks of a whole project in a township; which of its
-- ground an output came from is known where its sub-projects were accepted. So what is reconciled with acceptances lies where these were,
-- as far as they go by the month's end, and the rest, like money, on the ground of the project.
with progress as (
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

-- which accepted fields a reported field is made of, as they are reconciled
pair as (
    select
        reported_field.field,
        accepted_field.field as accepted_field,
        indicator.counted_from
    from {{ ref('reconciliation_source') }} as reported
    inner join {{ ref('reconciliation_source') }} as accepted
        on reported.reconciliation_code = accepted.reconciliation_code and accepted.over_time = 'to_date'
    inner join {{ ref('reconciliation') }} as quantity on reported.reconciliation_code = quantity.reconciliation_code
    inner join {{ ref('indicator') }} as indicator on quantity.indicator_code = indicator.indicator_code
    cross join {{ items('reported.measure_codes') }} as reported_item (measure_code)
    cross join {{ items('accepted.measure_codes') }} as accepted_item (measure_code)
    inner join {{ ref('measure_source') }} as reported_field
        on reported.source = reported_field.source and reported_item.measure_code = reported_field.measure_code
    inner join {{ ref('measure_source') }} as accepted_field
        on accepted.source = accepted_field.source and accepted_item.measure_code = accepted_field.measure_code
    where reported.over_time = 'latest'
),

-- of each reported figure, what was accepted by then, by ground
accepted_ground as (
    select
        progress.submission_id,
        progress.row_id,
        progress.field,
        accepted.part_code,
        accepted.consolidation_zone,
        accepted.restoration_zone,
        bool_or(accepted.is_allocated) as is_allocated,
        max(accepted.located_by) as located_by,
        {{ total('accepted.amount') }} as amount
    from progress
    inner join pair on progress.field = pair.field
    inner join {{ ref('int_acceptance_ground') }} as accepted
        on
            pair.accepted_field = accepted.field
            and progress.township_code = accepted.township_code
            and progress.project_id in (accepted.project_id, left(accepted.project_id, 2))
            and pair.counted_from <= accepted.starts_on
            and progress.ends_on >= accepted.ends_on
    where accepted.amount > 0
    group by
        progress.submission_id, progress.row_id, progress.field, accepted.part_code, accepted.consolidation_zone, accepted.restoration_zone
),

accepted_total as (
    select
        submission_id,
        row_id,
        field,
        {{ total('amount') }} as amount
    from accepted_ground
    group by submission_id, row_id, field
),

-- the share of a reported figure that lies where it was accepted, and the rest
split as (
    select
        progress.*,
        case
            when progress.amount > 0 and accepted_total.amount > 0 then least(accepted_total.amount / progress.amount, 1)
            else 0
        end as accepted_share,
        accepted_total.amount as accepted_amount
    from progress
    left join accepted_total
        on
            progress.submission_id = accepted_total.submission_id
            and progress.row_id = accepted_total.row_id
            and progress.field = accepted_total.field
),

placed as (
    {{ on_project_ground('split', ref('int_project_location')) }}
),

piece as (
    select
        split.submission_id,
        split.row_id,
        split.field,
        ground.part_code,
        ground.consolidation_zone,
        ground.restoration_zone,
        split.accepted_share * ground.amount / split.accepted_amount as share,
        ground.is_allocated,
        ground.located_by
    from split
    inner join accepted_ground as ground
        on split.submission_id = ground.submission_id and split.row_id = ground.row_id and split.field = ground.field
    where split.accepted_share > 0
    union all
    select
        submission_id,
        row_id,
        field,
        part_code,
        consolidation_zone,
        restoration_zone,
        (1 - accepted_share) * ground_share,
        is_allocated,
        located_by
    from placed
    where accepted_share < 1
),

place as (
    select
        submission_id,
        row_id,
        field,
        part_code,
        consolidation_zone,
        restoration_zone,
        {{ total('share') }} as share,
        bool_or(is_allocated) as is_allocated,
        max(located_by) as located_by -- township where any of it is spread over the township
    from piece
    group by submission_id, row_id, field, part_code, consolidation_zone, restoration_zone
)

select
    progress.dataset,
    progress.field,
    progress.submission_id,
    progress.reporting_unit,
    progress.row_id,
    progress.sheet,
    {{ cell_of('progress.cells', 'progress.field') }} as cell,
    progress.project_id,
    progress.period,
    progress.starts_on,
    progress.ends_on,
    progress.township_code,
    place.part_code,
    place.consolidation_zone,
    place.restoration_zone,
    place.share,
    place.is_allocated,
    place.located_by,
    progress.amount as reported_amount,
    progress.amount * place.share as amount
from progress
inner join place
    on progress.submission_id = place.submission_id and progress.row_id = place.row_id and progress.field = place.field
