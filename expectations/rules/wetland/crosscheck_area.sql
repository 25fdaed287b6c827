-- Wetland of the layer is what all townships declare for the year. Threshold: %. It concerns the whole layer, not one feature.
select
    layer_period.row_id,
    'declared_area_ha' as field,
    null as feature,
    layer_period.area_m2 / 10000 as found,
    declared.value as expected
from layer_period
inner join declared_total as declared on layer_period.period = declared.period
where
    layer_period.part = 'whole'
    and declared.field = 'wetland_area_ha'
    and abs(layer_period.area_m2 / 10000 - declared.value) > declared.value * $threshold / 100
