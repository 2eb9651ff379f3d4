//! QR codes as SVG, drawn in place so that pages need no pictures from elsewhere and print sharply.

use qrcode::{EcLevel, QrCode, render::svg};

/// The code of a text; empty when the text is too long for any QR code.
pub fn svg(text: &str) -> String {
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::M) else { return String::new() };
    let drawn = code.render::<svg::Color>().min_dimensions(160, 160).quiet_zone(true).build();
    // Only the element itself: it stands inside a page.
    drawn.find("<svg").map_or(String::new(), |at| drawn[at..].to_owned())
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_code_is_an_svg_element_and_too_much_text_is_none() {
        assert!(super::svg("https://muster.example/b/0123456789").starts_with("<svg"));
        assert_eq!(super::svg(&"x".repeat(5000)), "");
    }
}
