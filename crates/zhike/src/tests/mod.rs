//! What holds for the whole house and not for one room alone.

mod administrators;
mod hidden_fields;
mod hostile;
mod list_equals_record;
mod noninterference;
mod permission_matrix;
mod recycle_bin;
mod unsaid;
