//! Text in pieces that no token crosses: words with the space before them, numbers, punctuation, white space.
//!
//! The rule is that of GPT-2 (Radford et al., 2019) without its English contractions, which would tie the pieces to one
//! language.

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Number,
    White,
    Other,
}

fn class(c: char) -> Class {
    match c {
        c if c.is_alphabetic() => Class::Letter,
        c if c.is_numeric() => Class::Number,
        c if c.is_whitespace() => Class::White,
        _ => Class::Other,
    }
}

/// The pieces of a text; together they are the text.
///
/// A piece is a run of letters, of numbers or of other characters with at most one space before it, or a run of white space;
/// of that the last space goes to the word that follows.
pub fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (piece, after) = rest.split_at(first(rest)?);
        rest = after;
        Some(piece)
    })
}

/// The length of the first piece.
fn first(text: &str) -> Option<usize> {
    let run = |text: &str, of: Class| text.find(|c| class(c) != of).unwrap_or(text.len());
    let lead = text.chars().next()?;
    if class(lead) != Class::White {
        return Some(run(text, class(lead)));
    }
    let white = run(text, Class::White);
    match (text[white..].chars().next(), text[..white].ends_with(' ')) {
        (Some(word), true) if white == 1 => Some(1 + run(&text[1..], class(word))),
        (Some(_), true) => Some(white - 1),
        _ => Some(white),
    }
}

#[cfg(test)]
mod tests {
    use super::pieces;

    #[test]
    fn a_word_takes_one_space_with_it() {
        let cut = |text| pieces(text).collect::<Vec<_>>();
        assert_eq!(cut("Two dogs, 12  cats."), ["Two", " dogs", ",", " 12", " ", " cats", "."]);
        assert_eq!(cut(" a\n\n b\tc "), [" a", "\n\n", " b", "\t", "c", " "]);
        assert_eq!(cut("žluťoučký→犬"), ["žluťoučký", "→", "犬"]);
        assert!(cut("").is_empty());
    }
}
