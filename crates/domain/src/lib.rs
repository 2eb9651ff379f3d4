//! The vocabulary every duty shares: identifiers, time, places on the earth, people's roles and rights, and the events
//! of the journal.
//!
//! Nothing here does I/O. Whatever a person types is parsed at the door into one of these types, and from there on it
//! is right by its type.

pub mod actor;
pub mod clock;
pub mod event;
pub mod id;
pub mod jurisdiction;
pub mod moment;
pub mod phone;
pub mod position;
pub mod post;
pub mod rights;

pub use actor::{Actor, ActorKind};
pub use clock::Clock;
pub use event::Event;
pub use id::Id;
pub use jurisdiction::{District, Division, Jurisdiction, Scope};
pub use moment::Moment;
pub use phone::PhoneNumber;
pub use position::{Origin, Position};
pub use post::PostRole;
pub use rights::{Group, Right, Role};

/// What an [`Id`] can point at. Types without values: they exist only to keep identifiers apart.
pub mod things {
    macro_rules! things {
        ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
            pub enum $name {}
        )*};
    }
    things! {
        /// A person of the headquarters who signs in.
        Account,
        /// A sampling site.
        Site,
        /// A group of sites under one zone lead.
        Zone,
        /// A team of volunteers.
        Team,
        /// An organisation that sends teams.
        Organisation,
        /// A volunteer.
        Volunteer,
        /// A command from headquarters that sets up and staffs sites.
        Order,
        /// One allocation of people to the posts of an order.
        Plan,
        /// One volunteer at one post under an order.
        Assignment,
        /// One stay of a volunteer at a site, from check-in to check-out.
        Attendance,
        /// A message to one person or group over one channel.
        Notice,
        /// Something that needs somebody: a request, a finding, a fault.
        Problem,
        /// An import of a file.
        Import,
        /// A good deed told by somebody else.
        Deed,
        /// A volunteer's objection to their own record.
        Correction,
    }
}
