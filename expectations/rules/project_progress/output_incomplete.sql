-- An output has its kind, its unit and its amount. What is missing first is named.
select
    row_id,
    case when output_kind is null then 'output_kind' when output_unit is null then 'output_unit' else field end as field,
    coalesce(name_zh, output_unit) as found,
    null as expected
from reported_output
where
    (output_kind is not null or output_unit is not null or value is not null)
    and (output_kind is null or output_unit is null or value is null)
