//! W3C Trace Context (https://www.w3.org/TR/trace-context/): read, continued, passed on.

use crate::hash::hex;

/// This hop's place in a distributed trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    trace_id: String,
    span_id: String,
    sampled: bool,
}

/// One trace in ten is sampled when the caller did not decide.
const SAMPLED_OF_256: u8 = 26;

impl Trace {
    /// Continues the caller's trace in a new span, or starts one when the header is absent or
    /// malformed. `random` gives the new ids.
    pub fn continue_from(traceparent: Option<&str>, random: [u8; 24]) -> Self {
        let (id, span) = random.split_at(16);
        let span_id = hex(span);
        match traceparent.and_then(parse) {
            Some((trace_id, sampled)) => Self {
                trace_id: trace_id.to_owned(),
                span_id,
                sampled,
            },
            None => Self {
                trace_id: hex(id),
                span_id,
                sampled: id[0] < SAMPLED_OF_256,
            },
        }
    }

    /// Groups all hops of one request.
    pub fn trace_id(&self) -> &str {
        &self.trace_id
    }

    /// The header to answer with and to pass on.
    pub fn traceparent(&self) -> String {
        let flags = if self.sampled { "01" } else { "00" };
        format!("00-{}-{}-{flags}", self.trace_id, self.span_id)
    }
}

fn parse(header: &str) -> Option<(&str, bool)> {
    let mut parts = header.split('-');
    let (version, trace, parent, flags) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_hex = |text: &str, length: usize| {
        text.len() == length && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    let is_zero = |text: &str| text.bytes().all(|b| b == b'0');
    let is_valid = is_hex(version, 2)
        && version != "ff"
        && is_hex(trace, 32)
        && !is_zero(trace)
        && is_hex(parent, 16)
        && !is_zero(parent)
        && is_hex(flags, 2)
        && (version != "00" || parts.next().is_none());
    let flags = u8::from_str_radix(flags, 16).ok()?;
    is_valid.then_some((trace, flags & 1 == 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_trace_goes_on_in_a_new_span() {
        let trace = Trace::continue_from(Some(PARENT), [7; 24]);
        assert_eq!(
            trace.traceparent(),
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0707070707070707-01"
        );
    }

    #[test]
    fn what_is_malformed_starts_a_new_trace() {
        let zero = PARENT.replace("4bf92f3577b34da6a3ce929d0e0e4736", &"0".repeat(32));
        let cases = [
            "",
            "00",
            "junk",
            &PARENT.to_uppercase(),
            &zero,
            &format!("{PARENT}-more"),
        ];
        for case in cases {
            let trace = Trace::continue_from(Some(case), [9; 24]);
            assert_eq!(trace.trace_id(), "09".repeat(16), "{case}");
        }
    }

    #[test]
    fn a_later_version_may_carry_more() {
        let later = format!("{}-more", PARENT.replacen("00-", "01-", 1));
        let trace = Trace::continue_from(Some(&later), [9; 24]);
        assert_eq!(trace.trace_id(), "4bf92f3577b34da6a3ce929d0e0e4736");
    }
}
