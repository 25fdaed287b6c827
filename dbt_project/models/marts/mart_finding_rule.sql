-- Which rule finds what, where: by rule, dataset, township and period, how often, in how many files, from when to when.
select
    finding.rule_id,
    finding.dataset,
    dataset.title_zh as dataset_name,
    finding.severity,
    {{ code_name('severity', 'finding.severity') }} as severity_zh,
    finding.township_code,
    township.township_name,
    finding.period,
    cast(count(*) as integer) as findings,
    cast(count(distinct finding.reporting_unit) as integer) as reporting_units,
    cast(count(distinct finding.submission_id) as integer) as submissions,
    min(finding.received_at) as first_received_at,
    max(finding.received_at) as last_received_at
from {{ ref('int_finding_place') }} as finding
left join {{ ref('township') }} as township on finding.township_code = township.township_code
left join {{ ref('dataset') }} as dataset on finding.dataset = dataset.dataset
group by
    finding.rule_id, finding.dataset, dataset.title_zh, finding.severity, finding.township_code, township.township_name, finding.period
