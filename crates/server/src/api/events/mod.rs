//! Events of the mirror, and the time entries made from them (SPEC §2.3).

pub mod body;
pub mod convert;
pub mod list;

use daybook_engine::events::Error;

use super::connections::sentence;
use crate::problem::Problem;

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Range(why) => Self::invalid_field("?to", sentence(why)),
            Error::Store(error) => error.into(),
        }
    }
}
