-- A cumulative figure never falls below that of the month before.
select
    submission_value.row_id,
    submission_value.field,
    submission_value.value as found,
    case submission_value.field
        when 'allocated_wan' then previous.allocated_wan
        when 'arrived_wan' then previous.arrived_wan
        when 'paid_wan' then previous.paid_wan
    end as expected
from submission_value
inner join previous on submission_value.row_id = previous.row_id
where
    round(case submission_value.field
        when 'allocated_wan' then previous.allocated_wan
        when 'arrived_wan' then previous.arrived_wan
        when 'paid_wan' then previous.paid_wan
    end - submission_value.value, 6) > 0
