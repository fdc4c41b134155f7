//! Calendars in, billable hours out: the server, the worker and the command line in one binary.
