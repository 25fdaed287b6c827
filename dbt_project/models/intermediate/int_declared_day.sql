-- Up to which day each ledger of events says that it speaks (截至), by submission: of several tables, the earliest. One of which a part was
-- held or waits does not hold all that it says, and declares nothing; one that brought nothing new does: it says that nothing came.
select
    item.submission_id,
    submission.dataset,
    cast(min(item.read_as) as date) as declared_through
from {{ ref('stg_reading_item') }} as item
inner join {{ ref('stg_submission') }} as submission on item.submission_id = submission.submission_id
where item.part = 'declared_day' and item.kind = 'taken' and submission.state = 'accepted'
group by item.submission_id, submission.dataset
