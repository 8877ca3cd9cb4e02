//! Who touched a word last: the tags by which races are found.
//!
//! A tag packs an era, an owner and the bytes of the word. In global memory the era is the launch and the owner the
//! block; in shared memory the era is the stretch between two barriers and the owner the warp. A word has one tag of
//! its last writer and one of its readers; tags of another era count as absent.

/// Several owners have read the word.
const MANY: u64 = 0xffff_ffff;

/// `era: 28 | owner: 32 | bytes: 4`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag(pub u64);

impl Tag {
    /// The tag of `owner` in `era`, which must not be zero; the four low bits of `bytes` say which bytes of the word.
    pub fn new(era: u64, owner: u64, bytes: u64) -> Tag {
        Tag((era << 36) | (owner << 4) | bytes)
    }

    pub fn owner(self) -> u64 {
        (self.0 >> 4) & MANY
    }

    fn bytes(self) -> u64 {
        self.0 & 15
    }

    fn with(self, owner: u64, bytes: u64) -> Tag {
        Tag((self.0 >> 36 << 36) | (owner << 4) | bytes)
    }

    /// Whether both tags are of one era and the same owner, whatever their bytes.
    fn same(self, other: Tag) -> bool {
        self.0 >> 4 == other.0 >> 4
    }

    /// Whether `self` stands in the way of `other`: one era, two owners, common bytes.
    fn against(self, other: Tag) -> bool {
        self.0 >> 36 == other.0 >> 36 && !self.same(other) && self.0 & other.0 & 15 != 0
    }
}

/// The tag of the readers after `me` has read, or the tag of the writer that races with it.
pub fn read(writer: Tag, readers: Tag, me: Tag) -> Result<Tag, Tag> {
    if writer.against(me) {
        return Err(writer);
    }
    Ok(if readers.same(me) {
        Tag(readers.0 | me.0)
    } else if readers.against(me) {
        // Only bytes that surely have two readers: a shared word is not yet a shared byte.
        me.with(MANY, readers.bytes() & me.bytes())
    } else {
        me
    })
}

/// The tag of the writer after `me` has written, or the tag of the access that races with it.
pub fn write(writer: Tag, readers: Tag, me: Tag) -> Result<Tag, Tag> {
    if writer.against(me) {
        return Err(writer);
    }
    if readers.against(me) {
        return Err(readers);
    }
    Ok(if writer.same(me) { Tag(writer.0 | me.0) } else { me })
}

/// The owner of a tag in words.
pub fn name(tag: Tag, owners: &str) -> String {
    if tag.owner() == MANY { format!("several {owners}s") } else { format!("{owners} {}", tag.owner()) }
}
