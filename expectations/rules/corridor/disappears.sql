-- What was a part of the pattern stays one. It concerns the whole layer, not one feature.
select
    row_id,
    'corridor_id' as field,
    null as feature,
    null as found,
    key as expected
from earlier_feature
where not is_kept
