-- What the plan's restoration projects make, by kind of output and area: planned, reported, accepted. A project of which no output is known
-- has one row for the district, which says so. A plan over several townships belongs to the district alone. Beside kilometres stands the
-- length of the sites that are drawn as lines.
with placed as (
    select
        output.*,
        area.area_level,
        area.area_code,
        area.area_name,
        area.zoning
    from {{ ref('int_restoration_output') }} as output
    inner join {{ ref('int_area') }} as area
        on
            area.area_level = 'district'
            or (area.area_level = 'zone' and area.area_code in (output.consolidation_zone, output.restoration_zone))
            or (area.area_level = 'township' and output.township_code = area.area_code)
),

line as (
    select
        left(site.project_id, 2) as plan_project_id,
        area.area_code,
        {{ total('line.length_m') }} / 1000 as length_km
    from {{ ref('stg_site_line') }} as line
    inner join {{ ref('stg_project_site') }} as site on line.submission_id = site.submission_id and line.row_id = site.row_id
    inner join {{ ref('township_part') }} as part on line.part_code = part.part_code
    inner join {{ ref('int_area') }} as area
        on
            area.area_level = 'district'
            or (area.area_level = 'zone' and area.area_code in (line.consolidation_zone, line.restoration_zone))
            or (area.area_level = 'township' and part.township_code = area.area_code)
    group by left(site.project_id, 2), area.area_code
),

unplaced as (
    select distinct
        plan_project_id,
        output_kind
    from {{ ref('int_restoration_output') }}
    where stage = 'planned' and (consolidation_zone is null or restoration_zone is null)
),

summed as (
    select
        plan_project_id,
        area_level,
        area_code,
        area_name,
        zoning,
        output_kind,
        measure_unit,
        {{ total("case when stage = 'planned' then amount end") }} as planned_amount,
        {{ total("case when stage = 'reported' then amount end") }} as reported_amount,
        {{ total("case when stage = 'accepted' then amount end") }} as accepted_amount,
        bool_or(is_allocated) and area_level = 'zone' as is_allocated,
        max(case when stage = 'reported' then ends_on end) as reported_through,
        max(case when stage = 'accepted' then ends_on end) as last_accepted_on
    from placed
    group by plan_project_id, area_level, area_code, area_name, zoning, output_kind, measure_unit
),

restoration as (
    select
        project.project_id,
        project.project_name,
        category.category_name
    from {{ ref('plan_project') }} as project
    inner join {{ ref('plan_project_category') }} as category on project.category_code = category.category_code
    where project.category_code in ('mine', 'mountain_soil', 'water')
),

row_of_project as (
    select
        restoration.project_id,
        restoration.project_name,
        restoration.category_name,
        coalesce(summed.area_level, 'district') as area_level,
        coalesce(summed.area_code, district.district_code) as area_code,
        coalesce(summed.area_name, district.district_name) as area_name,
        summed.zoning,
        summed.output_kind,
        summed.measure_unit,
        case
            when summed.area_level = 'district' or unplaced.output_kind is null then summed.planned_amount
        end as planned_amount,
        coalesce(unplaced.output_kind is not null and summed.area_level <> 'district', false) as is_plan_unplaced,
        summed.reported_amount,
        summed.accepted_amount,
        coalesce(summed.is_allocated, false) as is_allocated,
        summed.reported_through,
        summed.last_accepted_on,
        case
            when summed.output_kind is null then 'no_output'
            when summed.accepted_amount is not null then 'accepted'
            when summed.reported_amount is not null then 'reported'
            else 'planned'
        end as status
    from restoration
    cross join {{ ref('district') }} as district
    left join summed on restoration.project_id = summed.plan_project_id
    left join unplaced on summed.plan_project_id = unplaced.plan_project_id and summed.output_kind = unplaced.output_kind
)

select
    output.project_id,
    output.project_name,
    output.category_name as category,
    output.area_level,
    output.area_code,
    output.area_name,
    output.zoning,
    output.output_kind,
    kind.name_zh as output_name,
    output.measure_unit,
    output.planned_amount,
    output.is_plan_unplaced,
    output.reported_amount,
    output.accepted_amount,
    case when output.measure_unit = 'km' or output.output_kind is null then line.length_km end as site_length_km,
    100 * output.accepted_amount / nullif(output.planned_amount, 0) as accepted_of_plan_pct,
    output.planned_amount - coalesce(output.accepted_amount, 0) as remaining_amount,
    output.is_allocated,
    output.area_level = 'district' as is_additive,
    output.reported_through,
    output.last_accepted_on,
    output.status,
    {{ code_name('restoration_output_status', 'output.status') }} as status_zh
from row_of_project as output
left join {{ ref('output_kind') }} as kind on output.output_kind = kind.output_kind
left join line on output.project_id = line.plan_project_id and output.area_code = line.area_code
