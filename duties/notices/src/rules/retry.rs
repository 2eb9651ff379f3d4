//! What follows from a try: sent, tried again later, or given up with its reason.

use domain::Moment;

/// Tries that the receiver answered with "not now" before a notice is given up: about half an hour with the pauses.
pub const MAX_TRIES: u32 = 8;
/// A notice older than this is of no use any more.
pub const KEEPS_H: i64 = 12;
/// While nobody answers at the other end, the channel rests this long and then asks again.
pub const REST_S: i64 = 15;

/// What the other end said to one notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Accepted,
    /// Not now: too many at once, a fault over there.
    NotNow(String),
    /// Never: no such number, a text that is not allowed.
    Refused(String),
    /// Nobody answers, or our key is not taken: nothing is wrong with the notice.
    ChannelDown(String),
}

/// Where a notice goes from here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    Sent,
    Again { at: Moment, tries: u32, why: String },
    GivenUp { tries: u32, why: String },
}

/// Decides after a try at `now`, with `tries` counted before it.
pub fn next(verdict: Verdict, tries: u32, made_at: Moment, now: Moment) -> Next {
    let too_old = now >= made_at.plus_h(KEEPS_H);
    match verdict {
        Verdict::Accepted => Next::Sent,
        Verdict::Refused(why) => Next::GivenUp { tries: tries + 1, why },
        Verdict::NotNow(why) if too_old || tries + 1 >= MAX_TRIES => Next::GivenUp { tries: tries + 1, why },
        Verdict::NotNow(why) => Next::Again { at: now.plus_s(pause_s(tries + 1)), tries: tries + 1, why },
        Verdict::ChannelDown(why) if too_old => Next::GivenUp { tries, why },
        Verdict::ChannelDown(why) => Next::Again { at: now.plus_s(REST_S), tries, why },
    }
}

/// 5 s after the first try, doubling, 10 min at most.
fn pause_s(tries: u32) -> i64 {
    (5 << tries.saturating_sub(1).min(7)).min(600)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Moment = Moment::from_ms(0);

    #[test]
    fn not_now_is_tried_ever_more_rarely_and_then_given_up() {
        let (mut now, mut tries, mut pauses) = (START, 0, Vec::new());
        let end = loop {
            match next(Verdict::NotNow("421".to_owned()), tries, START, now) {
                Next::Again { at, tries: counted, .. } => {
                    pauses.push(at.since_s(now));
                    (now, tries) = (at, counted);
                }
                end => break end,
            }
        };
        assert_eq!(pauses, [5, 10, 20, 40, 80, 160, 320]);
        assert_eq!(end, Next::GivenUp { tries: MAX_TRIES, why: "421".to_owned() });
    }

    #[test]
    fn a_channel_that_is_down_costs_no_notice_its_tries() {
        let down = || Verdict::ChannelDown("connection refused".to_owned());
        let later = START.plus_h(KEEPS_H - 1);
        assert!(matches!(next(down(), 7, START, later), Next::Again { tries: 7, .. }));
        assert!(matches!(next(down(), 7, START, START.plus_h(KEEPS_H)), Next::GivenUp { tries: 7, .. }));
    }

    #[test]
    fn a_no_for_good_is_given_up_at_once() {
        let no = Verdict::Refused("550".to_owned());
        assert_eq!(next(no, 0, START, START), Next::GivenUp { tries: 1, why: "550".to_owned() });
    }
}
