-- A cumulative figure never falls below that of the latest earlier month, unless 存在问题 begins with 核减 (its own rule).
select
    row_id,
    field,
    found,
    expected,
    difference
from fallen_figure
where not is_explained and is_fallen
