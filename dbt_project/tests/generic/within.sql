{# A value, where there is one, lies between two bounds (both included); `slack` is what floating point may leave. #}
{% test within(model, column_name, at_least, at_most, slack=1e-9) %}
    select {{ column_name }}
    from {{ model }}
    where isnan({{ column_name }}) or {{ column_name }} not between {{ at_least }} - {{ slack }} and {{ at_most }} + {{ slack }}
{% endtest %}
