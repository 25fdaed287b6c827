-- A mart whose datasets have rows has rows.
select
    mart,
    mart_rows,
    received_rows,
    received_rows = 0 or mart_rows > 0 as is_fed
from gate_row_count
