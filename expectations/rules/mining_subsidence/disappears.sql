-- Ground that has subsided stays on the map, treated or not. It concerns the whole layer, not one feature.
select
    row_id,
    'subsidence_id' as field,
    null as feature,
    null as found,
    key as expected
from earlier_feature
where not is_kept
