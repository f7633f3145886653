//! Prints the API document: `npm run build` keeps it in public/openapi.json.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

fn main() {
    println!("{}", outpost::api_document());
}
