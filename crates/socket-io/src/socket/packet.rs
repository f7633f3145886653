//! Packets: `<type>[<attachments>-][<namespace>,][<ack id>][<JSON>]`.

use serde_json::Value;
use serde_json::value::RawValue;

/// The main namespace, which is left out on the wire.
const MAIN: &str = "/";

/// Binary parts of one packet.
pub const MAX_ATTACHMENTS: usize = 256;

/// Arrays and objects inside each other.
pub const MAX_DEPTH: usize = 100;

const MAX_NAMESPACE_BYTES: usize = 256;

/// The largest whole number that every client can hold.
const MAX_ACK: u64 = (1 << 53) - 1;

/// Names of events that only libraries may emit.
const RESERVED: [&str; 6] = [
    "connect",
    "connect_error",
    "disconnect",
    "disconnecting",
    "newListener",
    "removeListener",
];

/// The client breaks the protocol; its session must end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Violation;

/// A packet from a client, before its attachments.
#[derive(Debug)]
pub struct Header {
    /// `/` when it named none.
    pub namespace: String,
    /// How many binary messages follow.
    pub attachments: usize,
    /// What it is.
    pub packet: Packet,
}

/// What a client may send.
#[derive(Debug)]
pub enum Packet {
    /// Into the namespace, with the `auth` given: an object.
    Connect(Option<Box<RawValue>>),
    /// Out of the namespace.
    Disconnect,
    /// An event: its name and arguments, and the number under which it is to be acknowledged.
    Event(String, Vec<Box<RawValue>>, Option<u64>),
    /// The acknowledgement of our event of this number.
    Acknowledgement(u64, Vec<Box<RawValue>>),
}

impl Header {
    /// Reads the text of a message.
    ///
    /// # Errors
    /// [`Violation`].
    pub fn decode(text: &str) -> Result<Self, Violation> {
        let mut rest = text.chars();
        let kind = rest.next().ok_or(Violation)?;
        let mut rest = rest.as_str();
        let attachments = match kind {
            '5' | '6' => {
                let (count, after) = rest.split_once('-').ok_or(Violation)?;
                rest = after;
                usize::try_from(number(count)?).map_err(|_| Violation)?
            }
            _ => 0,
        };
        let namespace = take_namespace(&mut rest);
        let ack = take_ack(&mut rest)?;
        let packet = Packet::decode(kind, ack, rest)?;
        if attachments > MAX_ATTACHMENTS || namespace.len() > MAX_NAMESPACE_BYTES {
            return Err(Violation);
        }
        if matches!(kind, '5' | '6') {
            packet.check_placeholders(attachments)?;
        }
        Ok(Self {
            namespace: namespace.into(),
            attachments,
            packet,
        })
    }
}

/// A whole number as the protocol writes it.
fn number(digits: &str) -> Result<u64, Violation> {
    let is_plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let value = digits.parse().map_err(|_| Violation)?;
    (is_plain && value <= MAX_ACK)
        .then_some(value)
        .ok_or(Violation)
}

fn take_namespace<'a>(rest: &mut &'a str) -> &'a str {
    if !rest.starts_with('/') {
        return MAIN;
    }
    let (namespace, after) = rest.split_once(',').unwrap_or((rest, ""));
    *rest = after;
    // Clients leave out the query of an address; some do not.
    namespace.split('?').next().unwrap_or(MAIN)
}

fn take_ack(rest: &mut &str) -> Result<Option<u64>, Violation> {
    let after = rest.trim_start_matches(|digit: char| digit.is_ascii_digit());
    let digits = &rest[..rest.len() - after.len()];
    *rest = after;
    (!digits.is_empty()).then(|| number(digits)).transpose()
}

impl Packet {
    fn decode(kind: char, ack: Option<u64>, json: &str) -> Result<Self, Violation> {
        match (kind, ack) {
            ('0', _) if json.is_empty() => Ok(Self::Connect(None)),
            ('0', _) => raw(json)
                .filter(|auth| auth.get().starts_with('{'))
                .map(|auth| Self::Connect(Some(auth)))
                .ok_or(Violation),
            ('1', _) if json.is_empty() => Ok(Self::Disconnect),
            ('2' | '5', ack) => {
                let mut values = array(json)?.into_iter();
                let name = values.next().and_then(|name| event_name(&name));
                Ok(Self::Event(name.ok_or(Violation)?, values.collect(), ack))
            }
            ('3' | '6', Some(ack)) => Ok(Self::Acknowledgement(ack, array(json)?)),
            _ => Err(Violation),
        }
    }

    fn check_placeholders(&self, attachments: usize) -> Result<(), Violation> {
        let (Self::Event(_, values, _) | Self::Acknowledgement(_, values)) = self else {
            return Ok(());
        };
        for value in values {
            let value = serde_json::from_str(value.get()).map_err(|_| Violation)?;
            check_placeholders(&value, attachments)?;
        }
        Ok(())
    }
}

fn check_placeholders(value: &Value, attachments: usize) -> Result<(), Violation> {
    match value {
        Value::Array(values) => values
            .iter()
            .try_for_each(|value| check_placeholders(value, attachments)),
        Value::Object(fields) if fields.get("_placeholder") == Some(&Value::Bool(true)) => {
            let number = fields.get("num").and_then(Value::as_u64);
            let is_valid = number.is_some_and(|number| number < attachments as u64);
            is_valid.then_some(()).ok_or(Violation)
        }
        Value::Object(fields) => fields
            .values()
            .try_for_each(|value| check_placeholders(value, attachments)),
        _ => Ok(()),
    }
}

fn raw(json: &str) -> Option<Box<RawValue>> {
    let is_shallow = depth(json) <= MAX_DEPTH;
    is_shallow
        .then(|| serde_json::from_str(json).ok())
        .flatten()
}

fn array(json: &str) -> Result<Vec<Box<RawValue>>, Violation> {
    if depth(json) > MAX_DEPTH {
        return Err(Violation);
    }
    serde_json::from_str(json).map_err(|_| Violation)
}

/// How deep brackets nest outside of strings.
fn depth(json: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut is_string, mut is_escaped) = (false, false);
    for byte in json.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_string => is_escaped = true,
            b'"' => is_string = !is_string,
            b'[' | b'{' if !is_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !is_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// A text, or a number, which then stands for its digits.
fn event_name(json: &RawValue) -> Option<String> {
    match serde_json::from_str(json.get()).ok()? {
        Value::String(name) => (!RESERVED.contains(&name.as_str())).then_some(name),
        Value::Number(name) => Some(name.to_string()),
        _ => None,
    }
}

/// Type, attachments, namespace and number of an outgoing packet, as an Engine.IO message.
fn start(kinds: (char, char), attachments: usize, namespace: &str, ack: Option<u64>) -> String {
    let mut packet = String::from('4');
    match attachments {
        0 => packet.push(kinds.0),
        count => {
            packet.push(kinds.1);
            packet.push_str(&count.to_string());
            packet.push('-');
        }
    }
    if namespace != MAIN {
        packet.push_str(namespace);
        packet.push(',');
    }
    if let Some(ack) = ack {
        packet.push_str(&ack.to_string());
    }
    packet
}

fn push_array<'a>(packet: &mut String, values: impl IntoIterator<Item = &'a str>) {
    let mut separator = '[';
    for value in values {
        packet.push(separator);
        packet.push_str(value);
        separator = ',';
    }
    if separator == '[' {
        packet.push('[');
    }
    packet.push(']');
}

fn quoted(text: &str) -> String {
    // Text always serializes.
    serde_json::to_string(text).unwrap_or_default()
}

/// An event for a client, with the Engine.IO type in front; `arguments` are JSON texts.
#[must_use]
pub fn event(
    namespace: &str,
    name: &str,
    arguments: &[&str],
    ack: Option<u64>,
    attachments: usize,
) -> String {
    let mut packet = start(('2', '5'), attachments, namespace, ack);
    let name = quoted(name);
    let values = std::iter::once(name.as_str()).chain(arguments.iter().copied());
    push_array(&mut packet, values);
    packet
}

/// The acknowledgement of a client's event.
#[must_use]
pub fn acknowledgement(
    namespace: &str,
    ack: u64,
    arguments: &[&str],
    attachments: usize,
) -> String {
    let mut packet = start(('3', '6'), attachments, namespace, Some(ack));
    push_array(&mut packet, arguments.iter().copied());
    packet
}

/// The namespace is granted.
#[must_use]
pub fn connected(namespace: &str, sid: &str, pid: Option<&str>) -> String {
    let packet = start(('0', '0'), 0, namespace, None);
    let sid = quoted(sid);
    match pid {
        Some(pid) => format!(r#"{packet}{{"sid":{sid},"pid":{}}}"#, quoted(pid)),
        None => format!(r#"{packet}{{"sid":{sid}}}"#),
    }
}

/// The namespace is refused; `data` is JSON.
#[must_use]
pub fn connect_error(namespace: &str, message: &str, data: Option<&str>) -> String {
    let packet = start(('4', '4'), 0, namespace, None);
    let message = quoted(message);
    match data {
        Some(data) => format!(r#"{packet}{{"message":{message},"data":{data}}}"#),
        None => format!(r#"{packet}{{"message":{message}}}"#),
    }
}

/// The client is put out of the namespace.
#[must_use]
pub fn disconnect(namespace: &str) -> String {
    start(('1', '1'), 0, namespace, None)
}
