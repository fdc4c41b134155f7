//! What belongs to no resource: health for load balancers, metrics, the event stream, and the API's own description.

pub mod describe;
pub mod health;
pub mod metrics;
pub mod stream;
