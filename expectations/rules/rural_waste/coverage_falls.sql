-- Villages once covered by collection stay covered. Threshold: % of the villages.
select
    submission.row_id,
    'villages_covered' as field,
    submission.villages_covered as found,
    previous.villages_covered as expected
from submission
inner join previous on submission.row_id = previous.row_id
where (previous.villages_covered - submission.villages_covered) * 100.0 > submission.village_count * $threshold
