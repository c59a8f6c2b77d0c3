//! The memory of the process: mimalloc, which every program that links this crate then has, and how
//! soon it gives back what nobody uses.
//!
//! By itself it waits for a second. A crawl has by then taken and let go the memory of hundreds of
//! pages, on each thread and in each size, and all of it counts as the process's.

use std::ffi::{c_int, c_long};

use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// `mi_option_purge_delay` of mimalloc 3, in milliseconds. The bindings have no name for it.
const PURGE_DELAY: c_int = 15;

/// What version 2 of mimalloc waits.
const MILLISECONDS: c_long = 10;

/// Gives memory back to the machine ten milliseconds after it was last used, unless
/// `MIMALLOC_PURGE_DELAY` in the environment says otherwise. To be called first in `main`, before
/// there are other threads.
#[expect(unsafe_code, reason = "the allocator has no other way to be told")]
pub fn give_back_soon() {
    // SAFETY: writes a number into the allocator's table of options, which is bounds-checked there.
    // It does so without a lock, hence the rule to call it while there is one thread.
    unsafe { libmimalloc_sys::mi_option_set_default(PURGE_DELAY, MILLISECONDS) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(unsafe_code, reason = "the allocator has no other way to be asked")]
    fn delay() -> c_long {
        // SAFETY: reads a number from the allocator's table of options, which is bounds-checked there.
        unsafe { libmimalloc_sys::mi_option_get(PURGE_DELAY) }
    }

    #[test]
    fn the_number_is_that_of_the_delay_in_this_version() {
        assert_eq!(delay(), 1000, "the delay of mimalloc 3 if nobody says otherwise");
        give_back_soon();
        assert_eq!(delay(), MILLISECONDS);
    }
}
