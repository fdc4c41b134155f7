//! What things are: ids, values and pure decisions. No async, no I/O.
