{# Every code of a column is one of a list of the seed `code`. The data dictionary reads here which list a column is of. #}
{% test in_code_list(model, column_name, code_list) %}
    select {{ column_name }}
    from {{ model }}
    where
        {{ column_name }} is not null
        and {{ column_name }} not in (select code from {{ ref('code') }} where code_list = '{{ code_list }}')
{% endtest %}
