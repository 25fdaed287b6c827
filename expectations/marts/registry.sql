-- Each registered indicator: once anything came of a dataset that it is made of, it stands in some period.
with received as (
    select
        part.indicator_code,
        string_agg(distinct part.dataset, ';' order by part.dataset) as datasets
    from ref_indicator_dataset as part
    inner join gate_received as dataset on part.dataset = dataset.dataset
    where dataset.received_rows > 0
    group by part.indicator_code
),

found as (
    select distinct indicator_code
    from gate_indicator
)

select
    registry.indicator_code,
    received.datasets,
    received.indicator_code is null or found.indicator_code is not null as is_counted
from ref_indicator as registry
left join received on registry.indicator_code = received.indicator_code
left join found on registry.indicator_code = found.indicator_code
