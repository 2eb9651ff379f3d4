//! When something happened at a gate, told by a phone whose clock may be wrong by a day.

use domain::Moment;

/// What a phone keeps unsent for longer than this is no longer believed to the minute.
const BELIEVED_H: i64 = 20;

/// The moment by our clock. A phone that says when it sends shows how wrong its clock is; nothing happens after it was
/// received; what cannot be right happened when it was received.
pub fn moment_of(said_at: Moment, sent_at: Option<Moment>, received_at: Moment) -> Moment {
    let wrong_by_ms = sent_at.map_or(0, |sent_at| received_at.ms() - sent_at.ms());
    let corrected = Moment::from_ms(said_at.ms().saturating_add(wrong_by_ms));
    let is_believed = corrected <= received_at && corrected >= received_at.plus_h(-BELIEVED_H);
    if is_believed { corrected } else { received_at }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_clock_is_put_right() {
        let noon = Moment::from_ms(1_663_214_400_000);
        let table = [
            ("right clock, sent later", noon.plus_h(-3), None, noon.plus_h(-3)),
            ("a day behind", noon.plus_h(-27), Some(noon.plus_h(-24)), noon.plus_h(-3)),
            ("a day ahead", noon.plus_h(21), Some(noon.plus_h(24)), noon.plus_h(-3)),
            ("a day ahead, and does not say so", noon.plus_h(24), None, noon),
            ("a day behind, and does not say so", noon.plus_h(-24), None, noon),
        ];
        for (what, said_at, sent_at, at) in table {
            assert_eq!(moment_of(said_at, sent_at, noon), at, "{what}");
        }
        assert_eq!(moment_of(Moment::from_ms(i64::MAX), Some(Moment::from_ms(0)), noon), noon, "no overflow");
    }
}
