//! The door: router, handlers, extractors, problems, OpenAPI and the listener.
