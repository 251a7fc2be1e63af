//! What a process has used, by the kernel's own count.

#![allow(unsafe_code)] // getrusage and wait4 have no safe face among the crates that are used here

use std::io;
use std::mem::MaybeUninit;
use std::process::Command;
use std::time::{Duration, Instant};

/// Time on the clock and on the processors.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    pub wall: Duration,
    pub cpu: Duration,
}

fn cpu_of(usage: &libc::rusage) -> Duration {
    let part = |time: libc::timeval| {
        Duration::from_secs(time.tv_sec.unsigned_abs()) + Duration::from_micros(time.tv_usec.unsigned_abs())
    };
    part(usage.ru_utime) + part(usage.ru_stime)
}

/// What this process has used so far.
fn own_cpu() -> Duration {
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: getrusage writes a whole `rusage` to the place it is given, which is valid zeroed too.
    let usage = unsafe {
        libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr());
        usage.assume_init()
    };
    cpu_of(&usage)
}

/// Runs something here and says what it cost.
pub fn measured<T>(work: impl FnOnce() -> T) -> (T, Cost) {
    let (cpu, begun) = (own_cpu(), Instant::now());
    let result = work();
    (result, Cost { wall: begun.elapsed(), cpu: own_cpu().saturating_sub(cpu) })
}

/// Runs a program to its end and says what it cost.
pub fn run(command: &mut Command) -> io::Result<Cost> {
    let begun = Instant::now();
    let child = command.spawn()?;
    let pid = libc::pid_t::try_from(child.id()).map_err(io::Error::other)?;
    let (mut status, mut usage) = (0, MaybeUninit::<libc::rusage>::zeroed());
    // SAFETY: both places are valid for writes, and the child is ours and has not been waited for.
    let waited = unsafe { libc::wait4(pid, &raw mut status, 0, usage.as_mut_ptr()) };
    if waited != pid {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: wait4 has written it, and zeroed it was valid before.
    let usage = unsafe { usage.assume_init() };
    Ok(Cost { wall: begun.elapsed(), cpu: cpu_of(&usage) })
}
