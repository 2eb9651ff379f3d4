//! Files that hold personal data for a while, sealed: uploads on their way and imports that wait for a decision.
//!
//! The key is drawn when the process starts and is nowhere else, so what a process leaves behind opens for nobody, and no
//! rotation has to reach it. A file is a mark of 16 random bytes and then blocks of 64 KiB, each sealed by itself
//! (XChaCha20-Poly1305; the nonce is the mark and the block's number), so that it can be read from anywhere. Each block
//! says whether it is the last: a file that was cut, put together anew or altered does not open.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
    sync::LazyLock,
};

use chacha20poly1305::{KeyInit as _, Tag, XChaCha20Poly1305, XNonce, aead::AeadInOut as _};

use crate::seal::{self, Secret};

const BLOCK: usize = 64 << 10;
const TAG: usize = 16;
const MARK: usize = 16;
const SEALED_BLOCK: u64 = (BLOCK + TAG) as u64;

static KEY: LazyLock<Secret> = LazyLock::new(seal::fresh);

/// What every block of a file is sealed with.
struct Blocks {
    cipher: XChaCha20Poly1305,
    mark: [u8; MARK],
}

impl Blocks {
    fn of(mark: [u8; MARK]) -> Self {
        Self { cipher: XChaCha20Poly1305::new((&**KEY).into()), mark }
    }

    fn nonce(&self, number: u64) -> XNonce {
        let mut nonce = [0; 24];
        nonce[..MARK].copy_from_slice(&self.mark);
        nonce[MARK..].copy_from_slice(&number.to_le_bytes());
        nonce.into()
    }
}

/// Seals a file as it comes. What it gives is to be written in the same order.
pub struct Sealer {
    blocks: Blocks,
    number: u64,
    held: Vec<u8>,
    begun: bool,
}

impl Sealer {
    #[expect(clippy::new_without_default, reason = "each has a mark of its own, drawn by chance")]
    pub fn new() -> Self {
        Self { blocks: Blocks::of(rand::random()), number: 0, held: Vec::with_capacity(BLOCK + TAG), begun: false }
    }

    /// More of the file; gives what can be written by now.
    pub fn push(&mut self, mut bytes: &[u8]) -> Vec<u8> {
        let mut ready = self.mark();
        while !bytes.is_empty() {
            // Only what is followed by something is not the last.
            if self.held.len() == BLOCK {
                self.seal(false, &mut ready);
            }
            let (now, later) = bytes.split_at(bytes.len().min(BLOCK - self.held.len()));
            self.held.extend_from_slice(now);
            bytes = later;
        }
        ready
    }

    /// The end of the file.
    pub fn finish(mut self) -> Vec<u8> {
        let mut ready = self.mark();
        self.seal(true, &mut ready);
        ready
    }

    fn mark(&mut self) -> Vec<u8> {
        if std::mem::replace(&mut self.begun, true) { Vec::new() } else { self.blocks.mark.to_vec() }
    }

    fn seal(&mut self, is_last: bool, ready: &mut Vec<u8>) {
        let closed = self.held.as_mut_slice().into();
        let tag = self.blocks.cipher.encrypt_inout_detached(&self.blocks.nonce(self.number), &[is_last.into()], closed);
        ready.append(&mut self.held);
        ready.extend(tag.expect("a block is far below what cannot be sealed"));
        self.number += 1;
    }
}

/// A sealed file, read as if it lay open.
pub struct SealedFile {
    file: File,
    blocks: Blocks,
    /// The number of the last block.
    last: u64,
    length: u64,
    at: u64,
    held: Vec<u8>,
    /// Which block is held.
    number: Option<u64>,
}

impl SealedFile {
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let mut mark = [0; MARK];
        file.read_exact(&mut mark).map_err(|_| altered())?;
        let sealed = file.metadata()?.len() - MARK as u64;
        let blocks = sealed.div_ceil(SEALED_BLOCK);
        let last = blocks.checked_sub(1).ok_or_else(altered)?;
        let length = sealed.checked_sub(blocks * TAG as u64).ok_or_else(altered)?;
        let mut opened = Self { file, blocks: Blocks::of(mark), last, length, at: 0, held: Vec::new(), number: None };
        opened.hold(last)?;
        Ok(opened)
    }

    fn hold(&mut self, number: u64) -> io::Result<()> {
        if self.number == Some(number) {
            return Ok(());
        }
        self.number = None;
        self.file.seek(SeekFrom::Start(MARK as u64 + number * SEALED_BLOCK))?;
        self.held.clear();
        (&mut self.file).take(SEALED_BLOCK).read_to_end(&mut self.held)?;
        let open = self.held.len().checked_sub(TAG).ok_or_else(altered)?;
        let (sealed, tag) = self.held.split_at_mut(open);
        let tag = Tag::try_from(&*tag).map_err(|_| altered())?;
        let is_last = [u8::from(number == self.last)];
        let opened =
            self.blocks.cipher.decrypt_inout_detached(&self.blocks.nonce(number), &is_last, sealed.into(), &tag);
        opened.map_err(|_| altered())?;
        self.held.truncate(open);
        self.number = Some(number);
        Ok(())
    }
}

impl Read for SealedFile {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.length || into.is_empty() {
            return Ok(0);
        }
        self.hold(self.at / BLOCK as u64)?;
        let from = usize::try_from(self.at % BLOCK as u64).map_err(io::Error::other)?;
        let there = self.held.get(from..).unwrap_or_default();
        let taken = there.len().min(into.len());
        into[..taken].copy_from_slice(&there[..taken]);
        self.at += taken as u64;
        Ok(taken)
    }
}

impl Seek for SealedFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

fn altered() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the file was altered, cut, or sealed by another process")
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::testing::Folder;

    fn text(length: usize) -> Vec<u8> {
        (0..length).map(|n| u8::try_from(n * 7 % 251).unwrap()).collect()
    }

    /// Sealed in pieces of so many bytes.
    fn sealed(text: &[u8], piece: usize) -> Vec<u8> {
        let mut sealer = Sealer::new();
        let mut all: Vec<u8> = text.chunks(piece).flat_map(|bytes| sealer.push(bytes)).collect();
        all.extend(sealer.finish());
        all
    }

    fn opened(folder: &Folder, sealed: &[u8]) -> io::Result<Vec<u8>> {
        let path = folder.path().join("sealed");
        File::create(&path)?.write_all(sealed)?;
        let mut all = Vec::new();
        SealedFile::open(&path)?.read_to_end(&mut all)?;
        Ok(all)
    }

    #[test]
    fn files_of_all_lengths_come_back_and_show_nothing() {
        let folder = Folder::new();
        for length in [0, 1, 100, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 3 * BLOCK + 17] {
            for piece in [1000, BLOCK, 5 * BLOCK] {
                let text = text(length);
                let sealed = sealed(&text, piece);
                assert_eq!(opened(&folder, &sealed).unwrap(), text, "{length} in pieces of {piece}");
                assert!(length < 32 || !sealed.windows(32).any(|part| text.starts_with(part)), "{length}");
            }
        }
    }

    #[test]
    fn it_is_read_from_anywhere() {
        let (folder, text) = (Folder::new(), text(3 * BLOCK + 17));
        let path = folder.path().join("sealed");
        File::create(&path).unwrap().write_all(&sealed(&text, 4096)).unwrap();
        let mut file = SealedFile::open(&path).unwrap();
        for from in [3 * BLOCK + 10, 0, BLOCK - 3, 2 * BLOCK, 5] {
            let mut part = [0; 7];
            file.seek(SeekFrom::Start(from as u64)).unwrap();
            file.read_exact(&mut part).unwrap();
            assert_eq!(part, text[from..from + 7], "from {from}");
        }
        assert_eq!(file.seek(SeekFrom::End(-1)).unwrap(), 3 * BLOCK as u64 + 16);
        assert!(file.seek(SeekFrom::Current(-(4 * BLOCK as i64))).is_err());
        file.seek(SeekFrom::Start(10 * BLOCK as u64)).unwrap();
        assert_eq!(file.read(&mut [0; 7]).unwrap(), 0, "behind the end is nothing");
    }

    #[test]
    fn what_was_altered_cut_or_mixed_does_not_open() {
        let (folder, text) = (Folder::new(), text(2 * BLOCK + 50));
        let whole = sealed(&text, BLOCK);
        let block = |n: usize| MARK + n * (BLOCK + TAG);
        for at in [0, MARK, block(1) + 5, whole.len() - 1] {
            let mut altered = whole.clone();
            altered[at] ^= 1;
            assert!(opened(&folder, &altered).is_err(), "byte {at}");
        }
        for length in [0, MARK, MARK + TAG, block(1), block(2), block(2) + TAG, whole.len() - 1] {
            assert!(opened(&folder, &whole[..length]).is_err(), "cut to {length}");
        }
        let swapped = [&whole[..MARK], &whole[block(1)..block(2)], &whole[block(0)..block(1)], &whole[block(2)..]];
        assert!(opened(&folder, &swapped.concat()).is_err(), "blocks in another order");
        let longer = [&*whole, &whole[block(1)..block(2)]].concat();
        assert!(opened(&folder, &longer).is_err(), "a block more");
    }
}
