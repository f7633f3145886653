//! Outpost
