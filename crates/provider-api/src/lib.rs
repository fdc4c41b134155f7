//! The contract with the outside world: manifests, capabilities, provider errors, and egress, the one place that sends HTTP.
