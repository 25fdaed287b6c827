-- An output is measured as its kind is: an area in units of area, a river in units of length, the others counted.
select
    row_id,
    'output_unit' as field,
    output_unit as found,
    measure_unit as expected,
    name_zh as output
from reported_output
where output_kind is not null and unit_kind != kind_of_unit
