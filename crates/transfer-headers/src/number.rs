//! Offsets and lengths.

/// The largest that every client can hold: JavaScript's numbers are exact up to here.
pub const MAX_NUMBER: u64 = (1 << 53) - 1;

/// A number in decimal digits, without a sign; blanks around it do not count.
pub fn whole_number(text: &str) -> Option<u64> {
    digits(text.trim()).filter(|number| *number <= MAX_NUMBER)
}

/// Digits only: Rust itself would take a sign, too.
pub(crate) fn digits(text: &str) -> Option<u64> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn signs_fractions_and_giants_are_no_numbers() {
        assert_eq!(whole_number("0"), Some(0));
        assert_eq!(whole_number(" 12 "), Some(12));
        assert_eq!(whole_number("9007199254740991"), Some(MAX_NUMBER));
        for wrong in [
            "",
            " ",
            "-1",
            "+1",
            "1.0",
            "1e3",
            "x",
            "1 2",
            "9007199254740992",
        ] {
            assert_eq!(whole_number(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_is_what_stands_there(text in "\\PC{0,24}|[ +0-9]{0,24}") {
            match whole_number(&text) {
                Some(number) => {
                    let plain = text.trim().trim_start_matches('0');
                    let expected = if number == 0 { String::new() } else { number.to_string() };
                    prop_assert_eq!(plain, expected);
                }
                None => prop_assert!(
                    text.trim().is_empty()
                        || !text.trim().bytes().all(|byte| byte.is_ascii_digit())
                        || text.trim().trim_start_matches('0').len() >= 16
                ),
            }
        }

        #[test]
        fn every_number_is_read(number in 0..=MAX_NUMBER, zeroes in 0_usize..4) {
            let text = format!("{}{number}", "0".repeat(zeroes));
            prop_assert_eq!(whole_number(&text), Some(number));
        }
    }
}
