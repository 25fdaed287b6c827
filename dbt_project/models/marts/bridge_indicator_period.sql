-- The periods of each indicator, and the one source that each is computed from.
select
    indicator_code,
    period,
    period_grain,
    starts_on,
    ends_on,
    source,
    data_through
from {{ ref('int_indicator_period') }}
