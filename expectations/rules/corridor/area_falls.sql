-- Corridors and patches do not lose ground. Threshold: %. It concerns the whole layer, not one feature.
select
    row_id,
    'declared_area_ha' as field,
    null as feature,
    area_m2 / 10000 as found,
    earlier_area_m2 / 10000 as expected
from layer_period
where part = 'whole' and earlier_area_m2 - area_m2 > earlier_area_m2 * $threshold / 100
