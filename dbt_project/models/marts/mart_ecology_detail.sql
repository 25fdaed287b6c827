-- The yearly ecological details: each item for each township, for the district or for a section of a river, in the item's unit, and how it
-- changed since the year before it that has a figure.
with converted as (
    select
        detail.period,
        detail.item_code,
        detail.area,
        case
            when item.measure_unit is null then detail.item_value
            else
                detail.item_value * (written.factor_numerator / written.factor_denominator)
                / (stored.factor_numerator / stored.factor_denominator)
        end as item_value,
        detail.data_source,
        detail.submission_id
    from {{ ref('stg_ecology_detail') }} as detail
    inner join {{ ref('ecology_item') }} as item on detail.item_code = item.item_code
    left join {{ ref('measure_unit') }} as written on detail.item_unit = written.spelling
    left join {{ ref('measure_unit') }} as stored on item.measure_unit = stored.spelling and written.kind = stored.kind
)

select
    converted.period,
    converted.item_code,
    item.name_zh as item_name,
    item.topic,
    converted.area,
    case
        when township.township_code is not null then 'township' when district.district_code is not null then 'district' else 'section'
    end as area_kind,
    coalesce(township.township_name, district.district_name, converted.area) as area_name,
    converted.item_value,
    item.measure_unit,
    converted.item_value - lag(converted.item_value) over earlier as change_of_value,
    lag(converted.period) over earlier as changed_since,
    row_number() over (partition by converted.item_code, converted.area order by converted.period desc) = 1 as is_latest,
    coalesce(township.township_code is not null and item.measure_unit <> 'pct', false) as is_additive,
    converted.data_source,
    converted.submission_id
from converted
inner join {{ ref('ecology_item') }} as item on converted.item_code = item.item_code
left join {{ ref('township') }} as township on converted.area = township.township_code
left join {{ ref('district') }} as district on converted.area = district.district_code
window earlier as (partition by converted.item_code, converted.area order by converted.period)
