//! The adapters: one folder per provider and the one list of them.
