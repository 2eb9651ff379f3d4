//! Refusals: the rules say no. Each has a stable number (`deployments.3`), an HTTP status and one sentence per language that
//! says what to do next. A refusal is an answer, not a fault: it is not logged as an error.

use axum::http::StatusCode;
use store::Error as StoreError;

/// One "no", ready to be worded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub status: StatusCode,
    /// The duty and number: `deployments.3`.
    pub code: String,
    /// The id of the sentence in the words: `deployments-refused-3`.
    pub word: String,
    /// What the sentence names.
    pub args: Vec<(&'static str, String)>,
}

impl Refusal {
    pub fn new(duty: &str, number: u16, status: u16) -> Self {
        Self {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY),
            code: format!("{duty}.{number}"),
            word: format!("{duty}-refused-{number}"),
            args: Vec::new(),
        }
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, value.to_string()));
        self
    }
}

/// Why an action did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error("refused: {}", .0.code)]
    Refused(Refusal),
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A bug of ours; this request ends, the process lives.
    #[error("{0}")]
    Bug(String),
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Declares the refusals of one duty: `refusals! { "calls": 1 NobodyLeft = 404, 2 AlreadyTaken = 409 }`.
#[macro_export]
macro_rules! refusals {
    ($duty:literal: $($(#[$doc:meta])* $number:literal $name:ident = $status:literal),* $(,)?) => {
        /// The refusals of this duty. Numbers are stable: they are never used again for something else.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Refused {$($(#[$doc])* $name),*}

        impl Refused {
            /// Number and status of each, for the documentation and the words' test.
            pub const ALL: &'static [(u16, u16)] = &[$(($number, $status)),*];

            pub fn refusal(self) -> $crate::Refusal {
                match self {$(Self::$name => $crate::Refusal::new($duty, $number, $status)),*}
            }

            /// The refusal with something its sentence names.
            pub fn with(self, name: &'static str, value: impl ToString) -> $crate::Refusal {
                self.refusal().with(name, value)
            }
        }

        impl From<Refused> for $crate::Fault {
            fn from(refused: Refused) -> Self {
                $crate::Fault::Refused(refused.refusal())
            }
        }
    };
}

refusals! { "web":
    /// Nobody is signed in.
    1 SignInFirst = 401,
    /// Not there, or not yours: the answer is the same.
    2 NotThere = 404,
    /// The question cannot be read.
    3 NotUnderstood = 422,
    /// The same key came with other content.
    4 OtherContent = 409,
    /// The request came from another site.
    5 ForeignOrigin = 403,
    /// Too many tries.
    6 TooManyTries = 429,
    /// Wrong name, password or code.
    7 NotRecognised = 403,
    /// The link or code was used, withdrawn or has expired.
    8 LinkIsOver = 410,
    /// The password is too short.
    9 PasswordTooShort = 422,
    /// The login is taken.
    10 LoginTaken = 409,
    /// The body is too large.
    11 TooLarge = 413,
    /// Too much to do at the moment.
    12 Busy = 503,
    /// A fault of ours.
    13 Broken = 500,
    /// The last administrator cannot be taken away.
    14 LastAdministrator = 409,
    /// The method does not fit the address.
    15 WrongMethod = 405,
    /// The clock of this server cannot be moved.
    16 ClockIsFixed = 409,
    /// There is no room left to write.
    17 DiskFull = 507,
    /// Somebody has decided this already.
    18 DecidedAlready = 409,
    /// What was to be done later cannot be done any more.
    19 CannotBeDoneNow = 409,
    /// A list of people is taken for a reason.
    20 ReasonNeeded = 422,
    /// The agreement was used, is too old, or was for another list.
    21 ExportIsOver = 409,
    /// Nobody agrees to the own request.
    22 OwnExport = 409,
    /// The body holds more values than one question may have.
    23 TooManyValues = 413,
    /// This house has no identity provider.
    24 IdentityOff = 404,
    /// A sign-in by the provider came back twice, too late, or to another browser.
    25 IdentityOver = 403,
    /// The provider vouches for somebody who has no account here, or a suspended one.
    26 IdentityUnknown = 403,
    /// The provider has not confirmed the address that names somebody.
    27 IdentityUnconfirmed = 403,
    /// The provider let nobody in.
    28 ProviderSaidNo = 403,
    /// The provider does not answer.
    29 ProviderAway = 503,
    /// What the provider says cannot be believed.
    30 ProviderNotBelieved = 403,
    /// Another account bears this identity.
    31 IdentityTaken = 409,
    /// It was said by somebody else than who is signed in now.
    32 SaidBySomebodyElse = 403,
}
