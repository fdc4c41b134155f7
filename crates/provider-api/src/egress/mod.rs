//! The one place that sends HTTP out.

/// Sends requests under the outbound rules.
pub struct Egress {}
