//! For tests only: TestApp, actors, the manual clock and real servers to test against.
