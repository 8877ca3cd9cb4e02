//! The words of PTX.

/// A word, a sign or a string, and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    pub text: &'a str,
    pub line: u32,
    pub column: u32,
}

/// Cuts the text into tokens. Dots and double colons belong to words, `ld.shared::cta.v4.f32` is one, but each
/// directive of `.reg.b32` is its own.
pub fn tokens(text: &str) -> Vec<Token<'_>> {
    let bytes = text.as_bytes();
    let (mut at, mut line, mut start_of_line) = (0, 1, 0);
    let mut found = Vec::new();
    while at < bytes.len() {
        let rest = &bytes[at..];
        let length = match bytes[at] {
            b'\n' => {
                line += 1;
                start_of_line = at + 1;
                at += 1;
                continue;
            }
            byte if byte.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            b'/' if rest.starts_with(b"//") => {
                at += rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
                continue;
            }
            b'/' if rest.starts_with(b"/*") => {
                let length = text[at..].find("*/").map_or(rest.len(), |end| end + 2);
                for (i, _) in rest[..length].iter().enumerate().filter(|(_, byte)| **byte == b'\n') {
                    line += 1;
                    start_of_line = at + i + 1;
                }
                at += length;
                continue;
            }
            b'"' => 1 + rest[1..].iter().position(|&byte| byte == b'"').map_or(rest.len() - 1, |end| end + 1),
            byte if is_word(byte) => word(rest),
            _ => text[at..].chars().next().map_or(1, char::len_utf8),
        };
        let column = (at - start_of_line) as u32 + 1;
        found.push(Token { text: &text[at..at + length], line, column });
        at += length;
    }
    found
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_$%.".contains(&byte)
}

fn word(bytes: &[u8]) -> usize {
    let mut length = 0;
    while length < bytes.len() {
        match bytes[length] {
            b'.' if length > 0 && bytes[0] == b'.' => break,
            byte if is_word(byte) => length += 1,
            b':' if bytes[length..].starts_with(b"::") => length += 2,
            _ => break,
        }
    }
    length
}
