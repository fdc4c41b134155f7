//! The work: one file per use case, the job runner and the schedule.
