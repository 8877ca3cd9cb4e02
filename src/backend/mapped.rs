//! Files seen as memory.

use std::fs::File;
use std::ops::Deref;
use std::path::Path;

/// The bytes of a file, read by the system when they are looked at.
#[derive(Debug)]
pub struct Mapped(memmap2::Mmap);

impl Mapped {
    /// Maps a whole file.
    ///
    /// The file must not be changed or cut in place while it is mapped. Files written by
    /// [`write_atomic`](crate::io::write_atomic) never are: a new one takes the name, and the old one lives on until nobody
    /// maps it.
    ///
    /// # Errors
    /// The system's, if it cannot be opened or mapped.
    pub fn open(path: &Path) -> std::io::Result<Mapped> {
        let file = File::open(path)?;
        // SAFETY: the memory is only read, and stays as it is under the condition above, which `TokenStore`, the only caller,
        // meets: its shards are written by `write_atomic` alone.
        Ok(Mapped(unsafe { memmap2::Mmap::map(&file)? }))
    }
}

impl Deref for Mapped {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}
