-- The output to date is no more than the ledger plans, with an allowance, where both are of one kind and unit. Threshold: times.
select
    output.row_id,
    output.field,
    output.value as found,
    ledger.planned_output as expected
from reported_output as output
inner join accepted_project_ledger as ledger
    on
        output.project_id = ledger.project_id
        and output.output_kind = ledger.output_kind
        and output.output_unit = ledger.output_unit
where round(output.value - ledger.planned_output * $threshold, 6) > 0
