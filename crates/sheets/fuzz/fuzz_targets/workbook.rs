//! Any bytes as the parts of a workbook: a checksum would keep changed bytes out of a packed file, so the parts are packed here.
//! The byte 0xFF parts the first worksheet, the shared strings and the styles.
#![no_main]

#[path = "../../tests/made/mod.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod made;
mod reading;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.split(|&byte| byte == 0xFF);
    let mut archive = made::book(&[("one", "")]);
    for name in ["worksheets/sheet0.xml", "sharedStrings.xml", "styles.xml"] {
        archive = archive.part(&format!("xl/{name}"), parts.next().unwrap_or_default());
    }
    reading::read_both(&archive.finish());
});
