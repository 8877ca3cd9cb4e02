//! Ctrl-C: the first asks to stop after the current step, the second stops at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Starts to listen; the function that it returns tells whether to stop.
pub(super) fn listen() -> impl Fn() -> bool {
    let asked = Arc::new(AtomicBool::new(false));
    let flag = asked.clone();
    // Where signals cannot be caught Ctrl-C ends the program as usual; the periodic checkpoint remains.
    let _ = ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    });
    move || asked.load(Ordering::Relaxed)
}

/// This program's command line with `option` added, quoted for a shell.
pub(super) fn command_with(option: &str) -> String {
    let mut words: Vec<String> = std::env::args_os().map(|a| quoted(&a.to_string_lossy())).collect();
    if !words.iter().any(|w| w == option) {
        words.push(option.into());
    }
    words.join(" ")
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./=:,+@%".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn words_survive_a_shell() {
        for (word, text) in [("a-b/c.tsv", "a-b/c.tsv"), ("", "''"), ("my file", "'my file'"), ("it's", r"'it'\''s'")] {
            assert_eq!(quoted(word), text);
        }
    }
}
