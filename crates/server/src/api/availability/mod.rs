//! Scheduling settings, blocks, and free slots (SPEC §2.4).

pub mod blocks;
pub mod body;
pub mod check;
pub mod clock;
pub mod configurations;
pub mod input;
pub mod many;
pub mod reason;

use daybook_domain::availability::Invalid;
use daybook_engine::availability::Error;

use crate::api::connections::sentence;
use crate::problem::{FieldError, Problem};

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let text = sentence(&error.to_string());
        match error {
            Error::Invalid(faults) => Self::invalid(faults.into_iter().map(field).collect()),
            Error::UnknownReference { pointer, .. } => {
                Self::unprocessable("unknown_reference", text).at(&pointer)
            }
            Error::Once(error) => error.into(),
            Error::Store(error) => error.into(),
        }
    }
}

fn field(fault: Invalid) -> FieldError {
    FieldError {
        pointer: fault.pointer,
        detail: fault.detail,
    }
}
