//! The stand-ins: provider simulators with scripted faults.
