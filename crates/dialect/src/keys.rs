//! Requests may spell every field in snake_case or camelCase; answers use the documented
//! spelling, with twins where a client needs them.

use serde_json::{Map, Value};

/// `deviceId` becomes `device_id`; a key that is snake_case already stays as it is.
pub fn camel_to_snake(key: &str) -> String {
    let mut snake = String::with_capacity(key.len() + 4);
    for (index, letter) in key.char_indices() {
        if letter.is_ascii_uppercase() {
            if index > 0 {
                snake.push('_');
            }
            snake.push(letter.to_ascii_lowercase());
        } else {
            snake.push(letter);
        }
    }
    snake
}

/// Rewrites the keys of every object in `value` to snake_case, but leaves what stands below a key
/// listed in `opaque` (by its snake_case name) as the client sent it.
///
/// Where both spellings are present, the snake_case one wins.
pub fn snake_case_keys(value: Value, opaque: &[&str]) -> Value {
    match value {
        Value::Object(fields) => Value::Object(snake_case_object(fields, opaque)),
        Value::Array(items) => Value::Array(
            items
                .into_iter()
                .map(|item| snake_case_keys(item, opaque))
                .collect(),
        ),
        other => other,
    }
}

fn snake_case_object(fields: Map<String, Value>, opaque: &[&str]) -> Map<String, Value> {
    let mut renamed = Map::with_capacity(fields.len());
    for (key, value) in fields {
        let snake = camel_to_snake(&key);
        let value = if opaque.contains(&snake.as_str()) {
            value
        } else {
            snake_case_keys(value, opaque)
        };
        if snake == key || !renamed.contains_key(&snake) {
            renamed.insert(snake, value);
        }
    }
    renamed
}

/// Adds the camelCase twin of every top-level key: `{access_token}` becomes
/// `{access_token, accessToken}`.
pub fn with_camel_twins(value: Value) -> Value {
    let Value::Object(fields) = value else {
        return value;
    };
    let mut twins = Map::with_capacity(fields.len() * 2);
    for (key, value) in fields {
        let camel = snake_to_camel(&key);
        if camel != key {
            twins.insert(camel, value.clone());
        }
        twins.insert(key, value);
    }
    Value::Object(twins)
}

/// Rewrites the keys of every object in `value` to camelCase.
pub fn camel_case_keys(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .map(|(key, value)| (snake_to_camel(&key), camel_case_keys(value)))
            .collect(),
        Value::Array(items) => items.into_iter().map(camel_case_keys).collect(),
        other => other,
    }
}

fn snake_to_camel(key: &str) -> String {
    let mut camel = String::with_capacity(key.len());
    let mut capitalize = false;
    for letter in key.chars() {
        if letter == '_' {
            capitalize = true;
        } else if capitalize {
            camel.push(letter.to_ascii_uppercase());
            capitalize = false;
        } else {
            camel.push(letter);
        }
    }
    camel
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn both_spellings_read_the_same() {
        let camel = json!({"apiKey": "k", "deviceInfo": {"osVersion": "17"}, "list": [{"aB": 1}]});
        let snake =
            json!({"api_key": "k", "device_info": {"os_version": "17"}, "list": [{"a_b": 1}]});
        assert_eq!(snake_case_keys(camel, &[]), snake);
        assert_eq!(snake_case_keys(snake.clone(), &[]), snake);
    }

    #[test]
    fn the_documented_spelling_wins_in_either_order() {
        let first = json!({"device_id": "snake", "deviceId": "camel"});
        let last = json!({"deviceId": "camel", "device_id": "snake"});
        assert_eq!(snake_case_keys(first, &[])["device_id"], "snake");
        assert_eq!(snake_case_keys(last, &[])["device_id"], "snake");
    }

    #[test]
    fn opaque_values_keep_their_keys() {
        let value = json!({"queryContext": {"userName": 1}, "other": {"userName": 1}});
        let read = snake_case_keys(value, &["query_context"]);
        assert_eq!(
            read,
            json!({"query_context": {"userName": 1}, "other": {"user_name": 1}})
        );
    }

    #[test]
    fn twins_stand_beside_the_documented_keys() {
        let twins = with_camel_twins(json!({"access_token": "t", "status": "ok"}));
        assert_eq!(
            twins,
            json!({"access_token": "t", "accessToken": "t", "status": "ok"})
        );
    }
}
