//! The shelves: SQLite and PostgreSQL behind one set of functions.
