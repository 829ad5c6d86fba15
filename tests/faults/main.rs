//! Faults made on purpose: the process is killed, the power fails, the disk refuses.

mod kill;
mod power;
mod refusing_disk;
