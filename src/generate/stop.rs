//! Ending a text where a string occurs in it.

/// Watches a text that comes in pieces for strings that end it. What might be the beginning of one is held back.
///
/// ```
/// use beltrami::generate::StopStrings;
/// let mut stop = StopStrings::new(vec!["END".into()]);
/// assert_eq!(stop.push("one E"), ("one ".to_string(), false));
/// assert_eq!(stop.push("lephant EN"), ("Elephant ".to_string(), false));
/// assert_eq!(stop.push("D and more"), (String::new(), true));
/// assert_eq!(stop.rest(), "");
/// ```
#[derive(Clone, Debug)]
pub struct StopStrings {
    strings: Vec<String>,
    held: String,
}

impl StopStrings {
    /// Any of these ends the text; empty ones are left out.
    pub fn new(mut strings: Vec<String>) -> StopStrings {
        strings.retain(|s| !s.is_empty());
        StopStrings { strings, held: String::new() }
    }

    /// The next piece; gives what is certain to belong to the text, and whether it has ended.
    pub fn push(&mut self, piece: &str) -> (String, bool) {
        self.held.push_str(piece);
        if let Some(end) = self.strings.iter().filter_map(|s| self.held.find(s.as_str())).min() {
            let text = self.held[..end].to_owned();
            self.held.clear();
            return (text, true);
        }
        // The longest end of the text that begins a string.
        let begins = |at: usize| self.strings.iter().any(|s| s.starts_with(&self.held[at..]));
        let certain = self.held.char_indices().map(|(at, _)| at).find(|&at| begins(at)).unwrap_or(self.held.len());
        let rest = self.held.split_off(certain);
        (std::mem::replace(&mut self.held, rest), false)
    }

    /// What was held back, when no more comes.
    pub fn rest(&mut self) -> String {
        std::mem::take(&mut self.held)
    }
}
