{# Whether a fact's days fall in an indicator's period, by the time basis of the measure. Of a stock the last report in the period counts. #}
{% macro falls_in(part, fact, period) -%}
    (
        {{ part }}.time_basis = 'standing'
        or (
            {{ part }}.time_basis in ('stock', 'flow')
            and {{ period }}.starts_on <= {{ fact }}.starts_on
            and {{ period }}.ends_on >= {{ fact }}.ends_on
            and ({{ part }}.time_basis = 'flow' or coalesce({{ fact }}.next_ends_on > {{ period }}.ends_on, true))
        )
        or (
            {{ part }}.time_basis = 'event'
            and {{ part }}.counted_from <= {{ fact }}.starts_on
            and {{ period }}.ends_on >= {{ fact }}.ends_on
        )
    )
{%- endmacro %}

{#
    The cells and features behind figures, one row each, with what each adds to the numerator or the denominator: `amount`, in the role's
    measure_unit, is reported_value × share × factor. figure: a relation of indicator_code, period, area_code. A feature that does not count is no
    row; one that is cut by the area's border stands with its area inside.
#}
{% macro lineage(figure, period, part, fact) -%}
    select
        figure.indicator_code,
        figure.period,
        figure.area_code,
        part.role,
        part.measure_code,
        part.source,
        fact.submission_id,
        fact.dataset,
        fact.reporting_unit,
        fact.field,
        fact.sheet,
        fact.cell,
        fact.feature,
        case when fact.cell is null then {{ total('fact.value') }} else max(fact.reported_value) end as reported_value,
        fact.measure_unit,
        case when fact.cell is null then 1 else least({{ total('fact.share') }}, 1) end as share,
        part.to_role_unit as factor,
        {{ total('fact.value * part.to_role_unit') }} as amount,
        part.role_unit as amount_unit
    from {{ figure }} as figure
    inner join {{ period }} as period on figure.indicator_code = period.indicator_code and figure.period = period.period
    inner join {{ part }} as part on figure.indicator_code = part.indicator_code and period.source = part.source
    inner join {{ fact }} as fact
        on
            part.measure_code = fact.measure_code
            and part.source = fact.source
            and figure.area_code in (
                left(fact.township_code, 6), fact.township_code, fact.part_code, fact.consolidation_zone, fact.restoration_zone
            )
            and {{ falls_in('part', 'fact', 'period') }}
    where fact.cell is not null or fact.value <> 0
    group by
        figure.indicator_code, figure.period, figure.area_code, part.role, part.measure_code, part.source, fact.submission_id,
        fact.dataset, fact.reporting_unit, fact.field, fact.sheet, fact.cell, fact.feature, fact.measure_unit, part.to_role_unit, part.role_unit
{%- endmacro %}

{#
    The table macro `explain(indicator, area, period)` beside the marts: the same for any figure. It names its tables without schema, so that in the
    published file it finds those that stand beside it there. Sorted outside: DuckDB before 1.5 finds a bare name in `order by` ambiguous beside joins.
#}
{% macro create_explain() -%}
    create or replace macro explain(indicator, area, period_of_figure) as table (
        with figure_asked_for as (select indicator as indicator_code, period_of_figure as period, area as area_code),
        leaf as (
            {{ lineage(
                'figure_asked_for', ref('bridge_indicator_period').identifier, ref('bridge_indicator_measure').identifier, ref('fct_measure').identifier
            ) }}
        )
        select *
        from leaf
        order by role desc, measure_code, submission_id, sheet, reporting_unit, cell, feature
    )
{%- endmacro %}
