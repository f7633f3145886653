//! Rows as structs. Serde would do it too, and be a tenth of the module.

use std::fmt;

use serde_json::{Map, Value};

/// The columns of a row, by name.
pub type Columns = Map<String, Value>;

/// A column that is missing or of another type than its field: the schema and the code disagree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable(pub &'static str);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the column {} is missing or of another type", self.0)
    }
}

/// What a row is read as: see [`row!`](crate::db::row).
pub trait FromRow: Sized {
    /// Takes the columns that it needs.
    ///
    /// # Errors
    /// The first column that does not fit.
    fn from_row(columns: &mut Columns) -> Result<Self, Unreadable>;
}

/// For rows of which only matters that they are there.
impl FromRow for Value {
    fn from_row(columns: &mut Columns) -> Result<Self, Unreadable> {
        Ok(Self::Object(std::mem::take(columns)))
    }
}

/// A field of a row: a column, or a row of its own made of some of the same columns.
pub trait Field: Sized {
    /// Takes the column of this name.
    ///
    /// # Errors
    /// When it does not fit.
    fn take(columns: &mut Columns, name: &'static str) -> Result<Self, Unreadable>;
}

/// A column's value.
pub trait Column: Sized {
    /// Reads it; `None` when it is of another type.
    fn read(value: Value) -> Option<Self>;
}

impl<T: Column> Field for T {
    fn take(columns: &mut Columns, name: &'static str) -> Result<Self, Unreadable> {
        T::read(take(columns, name)).ok_or(Unreadable(name))
    }
}

fn take(columns: &mut Columns, name: &str) -> Value {
    columns.get_mut(name).map(Value::take).unwrap_or_default()
}

impl Column for String {
    fn read(value: Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }
}

impl Column for i64 {
    fn read(value: Value) -> Option<Self> {
        value.as_i64()
    }
}

impl Column for f64 {
    fn read(value: Value) -> Option<Self> {
        value.as_f64()
    }
}

impl<T: Column> Column for Option<T> {
    fn read(value: Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            value => T::read(value).map(Some),
        }
    }
}

/// Declares structs that rows are read as. Fields are named as their columns; a field may be
/// another such struct, whose columns then stand in the same row.
macro_rules! row {
    ($(
        $(#[$about:meta])*
        $visibility:vis struct $name:ident {
            $($(#[$about_field:meta])* $field_visibility:vis $field:ident: $type:ty,)*
        }
    )*) => {$(
        $(#[$about])*
        $visibility struct $name {
            $($(#[$about_field])* $field_visibility $field: $type,)*
        }

        impl $crate::db::FromRow for $name {
            fn from_row(columns: &mut $crate::db::Columns) -> Result<Self, $crate::db::Unreadable> {
                Ok(Self {
                    $($field: $crate::db::Field::take(columns, stringify!($field))?,)*
                })
            }
        }

        impl $crate::db::Field for $name {
            fn take(
                columns: &mut $crate::db::Columns,
                _: &'static str,
            ) -> Result<Self, $crate::db::Unreadable> {
                $crate::db::FromRow::from_row(columns)
            }
        }
    )*};
}
pub(crate) use row;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    row! {
        #[derive(Debug, PartialEq)]
        struct Size {
            width: f64,
            height: Option<f64>,
        }

        #[derive(Debug, PartialEq)]
        struct Thing {
            id: String,
            count: i64,
            size: Size,
            note: Option<String>,
        }
    }

    fn read(columns: Value) -> Result<Thing, Unreadable> {
        let Value::Object(mut columns) = columns else {
            panic!("no object")
        };
        Thing::from_row(&mut columns)
    }

    #[test]
    fn a_row_is_read_by_name_and_type() {
        let row = json!({ "count": 3, "width": 2, "id": "a", "height": 1.5, "more": true });
        let size = Size {
            width: 2.0,
            height: Some(1.5),
        };
        let thing = Thing {
            id: "a".into(),
            count: 3,
            size,
            note: None,
        };
        assert_eq!(read(row), Ok(thing));
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let without = json!({ "id": "a", "count": 3 });
        assert_eq!(read(without), Err(Unreadable("width")));
        let null = json!({ "id": null, "count": 3, "width": 1 });
        assert_eq!(read(null), Err(Unreadable("id")));
        let fraction = json!({ "id": "a", "count": 3.5, "width": 1 });
        assert_eq!(read(fraction), Err(Unreadable("count")));
        let text = json!({ "id": "a", "count": 3, "width": 1, "note": 4 });
        let error = read(text).unwrap_err();
        assert_eq!(error, Unreadable("note"));
        assert!(error.to_string().contains("column note"));
    }
}
