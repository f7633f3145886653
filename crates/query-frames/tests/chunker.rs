//! Chunks are whole words where there are words, flow where there are none, and lose nothing.

#![expect(clippy::expect_used, reason = "a test may fail by panicking")]

use proptest::prelude::*;
use query_frames::{
    Chunker, MAX_RESPONSE_BYTES, MAX_WORD_BYTES, QueryUpdate, ServerFrame, TooLong,
};

/// The chunks of pieces, cut as soon as they can be, and the rest.
fn chunks_of<'a>(pieces: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut chunker = Chunker::default();
    let mut chunks = Vec::new();
    for piece in pieces {
        chunker.push(piece).expect("it is short");
        while let Some(chunk) = chunker.chunk() {
            chunks.push(chunk.to_owned());
        }
    }
    chunks.push(chunker.rest().to_owned());
    chunks
}

#[test]
fn a_chunk_begins_with_the_blank_before_its_first_word() {
    assert_eq!(
        chunks_of(["Quan", "tum", " comp", "uting", " is", " fun."]),
        ["Quantum", " computing", " is", " fun."]
    );
    assert_eq!(
        chunks_of(["one\n\n  two", "\tthree "]),
        ["one", "\n\n  two", "\tthree "]
    );
}

#[test]
fn words_that_came_together_go_together() {
    let chunks = chunks_of(["The quick brown fox jumps over the lazy dog"]);
    assert_eq!(
        chunks,
        ["The quick brown fox", " jumps over the lazy", " dog"]
    );
}

#[test]
fn blanks_of_every_script_separate_words() {
    assert_eq!(
        chunks_of(["\u{2003}eins\u{a0}zwei", "\u{3000}drei"]),
        ["\u{2003}eins", "\u{a0}zwei", "\u{3000}drei"]
    );
}

#[test]
fn text_without_blanks_flows() {
    let sentence = "量子計算機は重ね合わせを使う。".repeat(20);
    let chunks = chunks_of([sentence.as_str()]);
    assert!(chunks.len() > 10, "{chunks:?}");
    assert!(chunks.iter().all(|chunk| chunk.len() <= MAX_WORD_BYTES));
    assert_eq!(chunks.concat(), sentence);
}

#[test]
fn the_last_piece_is_never_a_mere_blank_after_a_word() {
    for text in ["one two ", "one two\n\n", "one \n"] {
        let chunks = chunks_of([text]);
        let last = chunks.last().map(String::as_str).unwrap_or_default();
        assert!(!last.trim().is_empty(), "{chunks:?}");
    }
}

#[test]
fn a_long_answer_that_came_at_once_takes_seconds_not_minutes() {
    let text = "Quantum computing is fun. ".repeat(10_000);
    let chunks = chunks_of([text.as_str()]);
    assert!((200..700).contains(&chunks.len()), "{}", chunks.len());
    assert_eq!(chunks.concat(), text);
}

#[test]
fn an_empty_answer_has_an_empty_rest() {
    assert_eq!(chunks_of([]), [""]);
    assert_eq!(chunks_of(["", ""]), [""]);
}

#[test]
fn a_second_run_goes_on_behind_what_readers_have() {
    let mut chunker = Chunker::default();
    chunker.push("Quantum computing").expect("it is short");
    assert!(chunker.start_at("Quantum".len()));
    assert_eq!(chunker.rest(), " computing");
    assert!(!chunker.start_at(chunker.text().len()), "nothing is left");
    assert!(!chunker.start_at(1000));
    chunker.push(" über").expect("it is short");
    assert!(!chunker.start_at("Quantum computing ü".len() - 1));
    assert_eq!(chunker.rest(), " computing über");
}

#[test]
fn an_answer_is_at_most_as_long_as_a_row_may_be() {
    for piece in ["a", "\"", "\u{1}", "\n", "字", "\u{7f}"] {
        let mut chunker = Chunker::default();
        while chunker.push(&piece.repeat(1000)).is_ok() {}
        while chunker.push(piece).is_ok() {}
        assert_eq!(chunker.push(piece), Err(TooLong));
        let whole = ServerFrame::QueryUpdate(QueryUpdate::completed("q1", "", chunker.text(), 1.0));
        assert!(whole.to_json(0).len() < MAX_RESPONSE_BYTES + 300);
    }
}

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z]{0,12}",
        "[ \t\r\n\u{a0}\u{2003}\u{3000}]{0,4}",
        "[a-z]{1,9}( [a-z]{1,9}){0,30}",
        "[一-龯ぁ-ん]{0,60}",
        "\\PC{0,40}",
        "[👩‍👩‍👧‍👦é\u{301}]{0,8}",
    ]
}

proptest! {
    #[test]
    fn joined_chunks_are_the_text(pieces in prop::collection::vec(piece(), 0..40)) {
        let chunks = chunks_of(pieces.iter().map(String::as_str));
        prop_assert_eq!(chunks.concat(), pieces.concat());
    }

    #[test]
    fn no_chunk_is_empty_and_no_short_word_is_cut(pieces in prop::collection::vec(piece(), 1..40)) {
        let chunks = chunks_of(pieces.iter().map(String::as_str));
        prop_assert_eq!(chunks.iter().any(String::is_empty), pieces.concat().is_empty());
        for (chunk, next) in chunks.iter().zip(chunks.iter().skip(1)) {
            let ends_word = !chunk.ends_with(char::is_whitespace) && next.starts_with(char::is_whitespace);
            prop_assert!(ends_word || chunk.len() > MAX_WORD_BYTES - 4, "{:?} {:?}", chunk, next);
        }
    }

    #[test]
    fn a_second_run_neither_loses_nor_doubles(text in "\\PC{1,400}", at in any::<prop::sample::Index>()) {
        let mut chunker = Chunker::default();
        chunker.push(&text).expect("it is short");
        let had = at.index(text.len() + 1);
        prop_assume!(chunker.start_at(had));
        let mut all = text[..had].to_owned();
        while let Some(chunk) = chunker.chunk() {
            all.push_str(chunk);
        }
        prop_assert!(!chunker.rest().is_empty());
        all.push_str(chunker.rest());
        prop_assert_eq!(all, text);
    }
}
