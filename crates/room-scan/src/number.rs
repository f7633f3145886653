//! Decimal numbers, exactly and fast.

/// Longest number read, bytes. 17 digits tell any `f64` from its neighbors, so there is room for
/// every way to print one, and what has to be carried from chunk to chunk stays small.
pub const MAX_BYTES: usize = 1_000;

/// A number found at the start of some bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Number {
    /// The nearest `f64`; infinite if it is out of range.
    pub value: f64,
    /// Whether it is written without fraction and exponent.
    pub whole: bool,
    /// Bytes it takes.
    pub len: usize,
}

/// Powers of ten that an `f64` represents exactly.
const POWERS_OF_TEN: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/// Reads the longest number that `bytes` begins with, by the grammar of RFC 8259, section 6.
///
/// # Errors
///
/// Where the grammar is broken; that is `bytes.len()` if the bytes end too early.
pub fn scan(bytes: &[u8]) -> Result<Number, usize> {
    let negative = bytes.first() == Some(&b'-');
    let mut at = usize::from(negative);
    let mut mantissa = 0u64;

    let integer = digits(bytes, &mut at, &mut mantissa)?;
    if integer > 1 && bytes[at - integer] == b'0' {
        // A leading zero is a number of its own; what follows cannot belong to it.
        let len = at - integer + 1;
        return Ok(Number {
            value: if negative { -0.0 } else { 0.0 },
            whole: true,
            len,
        });
    }

    let mut fraction = 0;
    let has_fraction = bytes.get(at) == Some(&b'.');
    if has_fraction {
        at += 1;
        fraction = digits(bytes, &mut at, &mut mantissa)?;
    }

    let mut exponent = 0u64;
    let mut small = false;
    let has_exponent = matches!(bytes.get(at), Some(b'e' | b'E'));
    let mut exponent_digits = 0;
    if has_exponent {
        at += 1;
        if let Some(sign @ (b'+' | b'-')) = bytes.get(at) {
            small = *sign == b'-';
            at += 1;
        }
        exponent_digits = digits(bytes, &mut at, &mut exponent)?;
    }

    let whole = !has_fraction && !has_exponent;
    // With so few digits neither the mantissa nor the exponent has wrapped. An integer up to 2^53
    // and a power of ten up to 10^22 are exact in f64, so one operation on them rounds correctly
    // (W. D. Clinger, "How to Read Floating Point Numbers Accurately", 1990).
    if integer + fraction <= 19 && mantissa <= 1 << 53 && exponent_digits <= 3 {
        let exponent = if small {
            -(exponent as i64)
        } else {
            exponent as i64
        };
        let shift = exponent - fraction as i64;
        if let Some(power) = POWERS_OF_TEN.get(shift.unsigned_abs() as usize) {
            let magnitude = mantissa as f64;
            let magnitude = if shift < 0 {
                magnitude / power
            } else {
                magnitude * power
            };
            let value = if negative { -magnitude } else { magnitude };
            return Ok(Number {
                value,
                whole,
                len: at,
            });
        }
    }
    // Rust reads everything that this grammar allows, so the NaN cannot come up.
    let text = std::str::from_utf8(&bytes[..at]).unwrap_or_default();
    Ok(Number {
        value: text.parse().unwrap_or(f64::NAN),
        whole,
        len: at,
    })
}

/// Reads one or more digits into `value`, which wraps; returns how many.
#[inline]
fn digits(bytes: &[u8], at: &mut usize, value: &mut u64) -> Result<usize, usize> {
    let start = *at;
    while let Some(digit) = bytes.get(*at).map(|byte| byte.wrapping_sub(b'0')) {
        if digit > 9 {
            break;
        }
        *value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
        *at += 1;
    }
    if *at == start {
        Err(start)
    } else {
        Ok(*at - start)
    }
}

/// Whether `byte` may be part of a number.
pub fn is_number_byte(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value(text: &str) -> f64 {
        let number = scan(text.as_bytes()).unwrap();
        assert_eq!(number.len, text.len());
        number.value
    }

    #[test]
    fn reads_what_the_grammar_allows() {
        assert_eq!(value("0"), 0.0);
        assert!(value("-0").is_sign_negative());
        assert_eq!(value("-12.5e+1"), -125.0);
        assert_eq!(value("1E400"), f64::INFINITY);
        assert_eq!(value("9007199254740993"), 9_007_199_254_740_992.0);
        assert_eq!(
            value("123456789012345678901234567890"),
            123456789012345678901234567890.0
        );
        assert_eq!(value("1e18446744073709551617"), f64::INFINITY);
    }

    #[test]
    fn stops_where_the_grammar_does() {
        assert_eq!(scan(b"01").map(|n| n.len), Ok(1));
        assert_eq!(scan(b"1.5,").map(|n| n.len), Ok(3));
        assert_eq!(scan(b"-"), Err(1));
        assert_eq!(scan(b".5"), Err(0));
        assert_eq!(scan(b"1.e5"), Err(2));
        assert_eq!(scan(b"1e+"), Err(3));
    }

    #[test]
    fn knows_whole_numbers() {
        assert!(scan(b"255").unwrap().whole);
        assert!(!scan(b"1.0").unwrap().whole);
        assert!(!scan(b"1e2").unwrap().whole);
    }

    proptest! {
        #[test]
        fn agrees_with_the_standard_library(text in "-?(0|[1-9][0-9]{0,24})(\\.[0-9]{1,24})?([eE][-+]?[0-9]{1,4})?") {
            prop_assert_eq!(value(&text).to_bits(), text.parse::<f64>().unwrap().to_bits());
        }

        #[test]
        fn reads_back_what_rust_prints(number in any::<f64>().prop_filter("JSON has no others", |n| n.is_finite())) {
            prop_assert_eq!(value(&format!("{number:?}")).to_bits(), number.to_bits());
        }
    }
}
