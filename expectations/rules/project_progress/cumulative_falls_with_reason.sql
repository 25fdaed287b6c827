-- A cumulative figure that fell, with its reason given: 存在问题 begins with 核减.
select
    row_id,
    field,
    found,
    expected,
    difference
from fallen_figure
where is_explained and is_fallen
