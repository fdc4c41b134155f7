//! The dashboard, embedded, and the server-rendered public pages.
