-- A red line does not disappear. It concerns the whole layer, not one feature.
select
    row_id,
    'redline_id' as field,
    null as feature,
    null as found,
    key as expected
from earlier_feature
where not is_kept
