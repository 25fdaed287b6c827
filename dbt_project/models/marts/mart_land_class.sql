-- Land by class, township and year: declared in the summary table, measured from parcels, and the difference.
select
    land.period,
    land.township_code,
    township.township_name,
    land.land_class_code,
    class.land_class_name,
    class.first_class_code,
    class.first_class_name,
    land.is_cropland,
    land.declared_ha,
    land.measured_ha,
    land.parcels,
    land.difference_ha
from {{ ref('int_land_class_by_township') }} as land
inner join {{ ref('land_class') }} as class on land.land_class_code = class.land_class_code
inner join {{ ref('township') }} as township on land.township_code = township.township_code
