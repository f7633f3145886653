//! How much of what was sent a client may not have read.
//!
//! No runtime tells. But frames are read in order, so whoever answers a ping has read everything
//! that was sent before it.

/// Bytes that a client may be behind.
const SIZE: usize = 256 << 10;

/// The bytes on their way to a client.
#[derive(Debug, Default)]
pub struct Window {
    before_ping: usize,
    after_ping: usize,
}

impl Window {
    /// Counts bytes that are sent now.
    pub fn add(&mut self, bytes: usize) {
        self.after_ping += bytes;
    }

    /// Notes that a ping is sent now.
    pub fn ping(&mut self) {
        self.before_ping += self.after_ping;
        self.after_ping = 0;
    }

    /// Notes that the last ping was answered.
    pub fn pong(&mut self) {
        self.before_ping = 0;
    }

    /// Whether nothing more may be sent.
    pub fn is_full(&self) -> bool {
        self.before_ping + self.after_ping >= SIZE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answered_ping_proves_what_came_before_it_and_nothing_else() {
        let mut window = Window::default();
        window.add(SIZE / 2);
        window.ping();
        window.add(SIZE / 2);
        assert!(window.is_full());
        window.pong();
        assert!(!window.is_full());
        window.add(SIZE / 2);
        assert!(window.is_full());
        window.pong();
        assert!(window.is_full());
        window.ping();
        window.pong();
        assert!(!window.is_full());
    }
}
