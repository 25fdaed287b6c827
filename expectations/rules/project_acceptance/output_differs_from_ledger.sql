-- The output reported is of the kind that the ledger plans.
select
    output.row_id,
    'output_kind' as field,
    output.name_zh as found,
    planned.name_zh as expected
from reported_output as output
inner join accepted_project_ledger as ledger on output.project_id = ledger.project_id
inner join ref_output_kind as planned on ledger.output_kind = planned.output_kind
where output.output_kind != ledger.output_kind
