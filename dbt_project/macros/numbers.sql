{# What is above zero, and zero below; null stays null, where `greatest` would make it 0 on some engines. #}
{% macro above_zero(amount) -%}
    case when {{ amount }} > 0 then {{ amount }} when {{ amount }} <= 0 then 0 end
{%- endmacro %}

{# How much of a span of days has gone by at the end of a day: 0 before it, 1 after it; null where a date is missing. #}
{% macro elapsed_share(first_day, last_day, day) -%}
    case
        when {{ day }} < {{ first_day }} then 0
        when {{ day }} >= {{ last_day }} then 1
        when {{ last_day }} >= {{ first_day }} then ({{ days_between(first_day, day) }} + 1) / ({{ days_between(first_day, last_day) }} + 1)
    end
{%- endmacro %}

{# An output that a project reports: null where it has no such output and none is reported, as the 0 of a form says nothing then. A project of unknown outputs is taken at its word. #}
{% macro output_reported(amount, has_output) -%}
    case when coalesce({{ has_output }}, true) or {{ amount }} > 0 then {{ amount }} end
{%- endmacro %}

{# Why that is null: planned by the ledger of a project that reports others, no such output, or not reported; null where there is a figure. #}
{% macro null_reason(amount, has_output, is_planned) -%}
    case
        when {{ amount }} > 0 then null
        when not coalesce({{ has_output }}, true) and coalesce({{ is_planned }}, false) then 'planned_not_reported'
        when not coalesce({{ has_output }}, true) then 'no_such_output'
        when {{ amount }} is null then 'not_reported'
    end
{%- endmacro %}
