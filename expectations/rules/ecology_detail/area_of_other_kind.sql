-- Figures of townships are given for townships or the district, those of sections for sections.
with place as (
    select township_code as code from ref_township
    union
    select left(township_code, 6) as code from ref_township
)

select
    submission.row_id,
    'area' as field,
    submission.area as found,
    case item.area_kind when 'section' then '断面' else '乡镇' end as expected,
    item.name_zh as item
from submission
inner join ref_ecology_item as item on submission.item_code = item.item_code
left join place on submission.area = place.code
where (item.area_kind = 'section') != (place.code is null)
