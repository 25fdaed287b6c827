-- Social capital is of the level 社会, and no budget's money is.
select
    row_id,
    'instrument' as field,
    instrument as found,
    level as expected
from submission
where (instrument = '社会资本' and level != '社会') or (level = '社会' and instrument in ('专项资金', '债券', '贴息', '以奖代补'))
