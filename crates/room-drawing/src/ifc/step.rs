//! Writing STEP files: instances and their attributes (ISO 10303-21).

use crate::text::number;

/// An instance of the file.
pub type Id = usize;

/// An attribute of an instance.
#[derive(Clone, Copy)]
pub enum Arg<'a> {
    /// Not given.
    Nil,
    /// Given by a rule of the schema.
    Derived,
    /// Another instance.
    Ref(Id),
    /// Several other instances.
    Refs(&'a [Id]),
    /// A number with its fraction.
    Real(f64),
    /// A whole number.
    Whole(usize),
    /// Several numbers.
    Reals(&'a [f64]),
    /// A text.
    Text(&'a str),
    /// A value of an enumeration.
    Enum(&'static str),
    /// A number of a named type.
    Typed(&'static str, f64),
    /// A text of a named type.
    Said(&'static str, &'a str),
}

/// The instances of a file, in the order in which they were added.
#[derive(Default)]
pub struct Step {
    data: String,
    last: Id,
}

impl Step {
    /// Adds an instance.
    pub fn add(&mut self, entity: &str, arguments: &[Arg]) -> Id {
        self.last += 1;
        self.data.push('#');
        self.data.push_str(&self.last.to_string());
        self.data.push('=');
        self.data.push_str(entity);
        self.data.push('(');
        for (place, argument) in arguments.iter().enumerate() {
            if place > 0 {
                self.data.push(',');
            }
            self.write(*argument);
        }
        self.data.push_str(");\n");
        self.last
    }

    fn write(&mut self, argument: Arg) {
        match argument {
            Arg::Nil => self.data.push('$'),
            Arg::Derived => self.data.push('*'),
            Arg::Ref(id) => self.reference(id),
            Arg::Refs(ids) => {
                for (place, &id) in ids.iter().enumerate() {
                    self.data.push(if place == 0 { '(' } else { ',' });
                    self.reference(id);
                }
                self.data.push(')');
            }
            Arg::Real(value) => self.real(value),
            Arg::Whole(value) => self.data.push_str(&value.to_string()),
            Arg::Reals(values) => {
                for (place, &value) in values.iter().enumerate() {
                    self.data.push(if place == 0 { '(' } else { ',' });
                    self.real(value);
                }
                self.data.push(')');
            }
            Arg::Text(text) => text_into(&mut self.data, text),
            Arg::Enum(value) => {
                self.data.push('.');
                self.data.push_str(value);
                self.data.push('.');
            }
            Arg::Typed(kind, value) => {
                self.data.push_str(kind);
                self.data.push('(');
                self.real(value);
                self.data.push(')');
            }
            Arg::Said(kind, text) => {
                self.data.push_str(kind);
                self.data.push('(');
                text_into(&mut self.data, text);
                self.data.push(')');
            }
        }
    }

    fn reference(&mut self, id: Id) {
        self.data.push('#');
        self.data.push_str(&id.to_string());
    }

    /// A number always has its point. Nine places, so that directions keep their length.
    fn real(&mut self, value: f64) {
        let text = number(if value.is_finite() { value } else { 0.0 }, 9);
        self.data.push_str(&text);
        if !text.contains('.') {
            self.data.push('.');
        }
    }

    /// The whole file.
    pub fn finish(self, name: &str, time: &str) -> String {
        let mut file = String::with_capacity(self.data.len() + 512);
        file.push_str("ISO-10303-21;\nHEADER;\nFILE_DESCRIPTION(('ViewDefinition [DesignTransferView_V1.0]'),'2;1');\nFILE_NAME(");
        text_into(&mut file, name);
        file.push(',');
        text_into(&mut file, time);
        file.push_str(concat!(
            ",(''),(''),'Outpost room-drawing ",
            env!("CARGO_PKG_VERSION"),
            "','Outpost','');\nFILE_SCHEMA(('IFC4'));\nENDSEC;\nDATA;\n"
        ));
        file.push_str(&self.data);
        file.push_str("ENDSEC;\nEND-ISO-10303-21;\n");
        file
    }
}

/// A text in quotes: those in it doubled, and what is not ASCII as UTF-16 in hexadecimal.
fn text_into(out: &mut String, text: &str) {
    out.push('\'');
    for c in text.chars() {
        match c {
            '\'' => out.push_str("''"),
            '\\' => out.push_str("\\\\"),
            ' '..='~' => out.push(c),
            other => {
                out.push_str("\\X2\\");
                for unit in other.encode_utf16(&mut [0; 2]) {
                    out.push_str(&format!("{unit:04X}"));
                }
                out.push_str("\\X0\\");
            }
        }
    }
    out.push('\'');
}

/// A global identifier: 128 bits in 22 characters of the format's own base 64.
///
/// The bits are the FNV-1a hash (Fowler, Noll and Vo) of the scan and the part, so that the same
/// part of the same scan always has the same one.
pub fn global_id(scan: &str, part: &str) -> String {
    const ALPHABET: &[u8; 64] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_$";
    const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    // The zeros after the text let its last letters reach all bits.
    let bytes = scan.bytes().chain([0]).chain(part.bytes()).chain([0; 8]);
    let hash = bytes.fold(BASIS, |hash, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(PRIME)
    });
    (0..22)
        .rev()
        .filter_map(|place| ALPHABET.get((hash >> (6 * place)) as usize & 63))
        .map(|&letter| char::from(letter))
        .collect()
}
