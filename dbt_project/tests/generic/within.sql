{# A value, where there is one, lies between two bounds (both included); `slack` is what floating point may leave. #}
{% test within(model, column_name, at_least=none, at_most=none, slack=1e-9) %}
    select {{ column_name }}
    from {{ model }}
    where
        isnan({{ column_name }})
        {%- if at_least is not none %} or {{ column_name }} < {{ at_least }} - {{ slack }}{% endif %}
        {%- if at_most is not none %} or {{ column_name }} > {{ at_most }} + {{ slack }}{% endif %}
{% endtest %}
