-- The red-line area of the layer is what all townships declare for the year. Threshold: %. It concerns the whole layer, not one feature.
select
    layer_period.row_id,
    'declared_area_km2' as field,
    null as feature,
    layer_period.area_m2 / 1000000 as found,
    declared.value as expected
from layer_period
inner join declared_total as declared on layer_period.period = declared.period
where
    layer_period.part = 'whole'
    and declared.field = 'redline_area_km2'
    and abs(layer_period.area_m2 / 1000000 - declared.value) > declared.value * $threshold / 100
