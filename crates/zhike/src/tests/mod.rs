//! What holds for the whole house and not for one room alone.

mod hidden_fields;
mod list_equals_record;
mod permission_matrix;
