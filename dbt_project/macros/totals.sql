{#
    Sums whose last digit does not depend on the order in which rows happened to arrive: a rebuilt warehouse has the same checksums as the
    living one. Every sum of fractions in a model is one of these.
#}
{% macro total(amount) -%}
    sum({{ amount }} order by {{ amount }})
{%- endmacro %}

{% macro total_within(amount, key) -%}
    sum({{ amount }}) over (partition by {{ key }} order by {{ amount }} rows between unbounded preceding and unbounded following)
{%- endmacro %}
