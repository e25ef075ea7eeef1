//! Which system calls a worker may make, by seccomp (<https://docs.kernel.org/userspace-api/seccomp_filter.html>), for all
//! of its threads. A list of what is refused, not of what is allowed: which calls a C library and ONNX Runtime make to
//! run threads and take memory changes with their versions, which calls reach out of a process does not.

use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    TargetArch, apply_filter_all_threads, sock_filter,
};

/// Never: the network, other processes, new privileges, the machine.
const NEVER: &[libc::c_long] = &[
    libc::SYS_socket,
    libc::SYS_socketpair,
    libc::SYS_connect,
    libc::SYS_bind,
    libc::SYS_listen,
    libc::SYS_accept,
    libc::SYS_accept4,
    libc::SYS_sendto,
    libc::SYS_sendmsg,
    libc::SYS_sendmmsg,
    libc::SYS_recvfrom,
    libc::SYS_recvmsg,
    libc::SYS_recvmmsg,
    // Does by proxy what is refused here.
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_execve,
    libc::SYS_execveat,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_process_madvise,
    libc::SYS_pidfd_open,
    libc::SYS_pidfd_getfd,
    libc::SYS_pidfd_send_signal,
    libc::SYS_kill,
    libc::SYS_tkill,
    libc::SYS_rt_sigqueueinfo,
    libc::SYS_rt_tgsigqueueinfo,
    libc::SYS_kcmp,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_chroot,
    libc::SYS_pivot_root,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_open_tree,
    libc::SYS_move_mount,
    libc::SYS_fsopen,
    libc::SYS_fsmount,
    libc::SYS_fspick,
    libc::SYS_fsconfig,
    libc::SYS_mount_setattr,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_reboot,
    libc::SYS_kexec_load,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_fanotify_init,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_keyctl,
    libc::SYS_setuid,
    libc::SYS_setgid,
    libc::SYS_setreuid,
    libc::SYS_setregid,
    libc::SYS_setresuid,
    libc::SYS_setresgid,
    libc::SYS_setgroups,
    libc::SYS_setfsuid,
    libc::SYS_setfsgid,
    libc::SYS_capset,
    libc::SYS_personality,
    libc::SYS_setrlimit,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_adjtimex,
    libc::SYS_clock_adjtime,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
    libc::SYS_acct,
    libc::SYS_quotactl,
    libc::SYS_syslog,
    libc::SYS_open_by_handle_at,
    libc::SYS_shmget,
    libc::SYS_shmat,
    libc::SYS_shmctl,
    libc::SYS_msgget,
    libc::SYS_msgsnd,
    libc::SYS_msgrcv,
    libc::SYS_msgctl,
    libc::SYS_semget,
    libc::SYS_semctl,
    libc::SYS_mq_open,
    // Changes to names and folders; a draft is filled in place.
    libc::SYS_openat2,
    libc::SYS_mkdirat,
    libc::SYS_mknodat,
    libc::SYS_unlinkat,
    libc::SYS_symlinkat,
    libc::SYS_linkat,
    libc::SYS_renameat2,
    libc::SYS_truncate,
    libc::SYS_fchmodat,
    libc::SYS_fchownat,
    libc::SYS_setxattr,
    libc::SYS_lsetxattr,
    libc::SYS_fsetxattr,
    libc::SYS_removexattr,
    libc::SYS_lremovexattr,
    libc::SYS_fremovexattr,
    FCHMODAT2,
    SETXATTRAT,
    REMOVEXATTRAT,
    OPEN_TREE_ATTR,
    libc::SYS_chdir,
];

/// Younger ways to do some of these, which the rules for files do not see either. Calls have had one number on every
/// processor since Linux 5.1 (`include/uapi/asm-generic/unistd.h`); an older kernel has none with these numbers.
const FCHMODAT2: libc::c_long = 452;
const SETXATTRAT: libc::c_long = 463;
const REMOVEXATTRAT: libc::c_long = 466;
const OPEN_TREE_ATTR: libc::c_long = 467;

/// The same, on a processor whose first calls were never retired.
#[cfg(target_arch = "x86_64")]
const NEVER_EITHER: &[libc::c_long] = &[
    libc::SYS_fork,
    libc::SYS_vfork,
    libc::SYS_creat,
    libc::SYS_mkdir,
    libc::SYS_rmdir,
    libc::SYS_mknod,
    libc::SYS_unlink,
    libc::SYS_symlink,
    libc::SYS_link,
    libc::SYS_rename,
    libc::SYS_renameat,
    libc::SYS_chmod,
    libc::SYS_chown,
    libc::SYS_lchown,
    libc::SYS_kexec_file_load,
    libc::SYS_iopl,
    libc::SYS_ioperm,
    libc::SYS_modify_ldt,
    libc::SYS_uselib,
];
#[cfg(not(target_arch = "x86_64"))]
const NEVER_EITHER: &[libc::c_long] = &[];

/// Opening by path, which a worker for pictures has no use for.
#[cfg(target_arch = "x86_64")]
const OPENING: &[libc::c_long] = &[libc::SYS_open, libc::SYS_openat];
#[cfg(not(target_arch = "x86_64"))]
const OPENING: &[libc::c_long] = &[libc::SYS_openat];

/// Refuses all of it from now on; `by_path` leaves opening to the rules for files.
pub fn restrict(by_path: bool) -> Result<(), String> {
    // The filters need it, and Landlock has set it already where there is one.
    rustix::thread::set_no_new_privs(true).map_err(said)?;
    apply_filter_all_threads(&refused(by_path)?).map_err(said)?;
    apply_filter_all_threads(&unknown()?).map_err(said)?;
    #[cfg(target_arch = "x86_64")]
    apply_filter_all_threads(&second_numbers()).map_err(said)?;
    Ok(())
}

fn said(error: impl std::fmt::Display) -> String {
    format!("the kernel takes no filter of system calls ({error})")
}

fn compiled(rules: BTreeMap<i64, Vec<SeccompRule>>, errno: i32) -> Result<BpfProgram, String> {
    let arch = TargetArch::try_from(std::env::consts::ARCH).map_err(said)?;
    let refuse = SeccompAction::Errno(errno.unsigned_abs());
    SeccompFilter::new(rules, SeccompAction::Allow, refuse, arch).and_then(TryInto::try_into).map_err(said)
}

fn refused(by_path: bool) -> Result<BpfProgram, String> {
    let opening = if by_path { &[] } else { OPENING };
    let always = [NEVER, NEVER_EITHER, opening].into_iter().flatten();
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = always.map(|call| (*call, Vec::new())).collect();
    let when = |argument, op, value| -> Result<Vec<SeccompRule>, String> {
        let condition = SeccompCondition::new(argument, SeccompCmpArgLen::Qword, op, value).map_err(said)?;
        Ok(vec![SeccompRule::new(vec![condition]).map_err(said)?])
    };
    // A new thread shares all with its process; whatever does not is a new process.
    let thread = u64::from(libc::CLONE_THREAD.unsigned_abs());
    rules.insert(libc::SYS_clone, when(0, SeccompCmpOp::MaskedEq(thread), 0)?);
    // A process may end itself by a signal, and nobody else.
    rules.insert(libc::SYS_tgkill, when(0, SeccompCmpOp::Ne, std::process::id().into())?);
    // Limits may be asked for, not changed.
    rules.insert(libc::SYS_prlimit64, when(2, SeccompCmpOp::Ne, 0)?);
    compiled(rules, libc::EPERM)
}

/// The flags of `clone3` lie behind a pointer, where a filter cannot look. As if the kernel had no such call, C libraries
/// fall back to `clone`.
fn unknown() -> Result<BpfProgram, String> {
    compiled(BTreeMap::from([(libc::SYS_clone3, Vec::new())]), libc::ENOSYS)
}

/// Some kernels know every call under a second number (x32), which a filter by numbers would let through.
#[cfg(target_arch = "x86_64")]
fn second_numbers() -> BpfProgram {
    const X32_BIT: u32 = 0x4000_0000;
    let statement = |code: u32, k| sock_filter { code: code as u16, jt: 0, jf: 0, k };
    vec![
        // The number of the call lies first in what a filter sees.
        statement(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0),
        sock_filter { code: (libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K) as u16, jt: 0, jf: 1, k: X32_BIT },
        statement(libc::BPF_RET | libc::BPF_K, libc::SECCOMP_RET_ERRNO | libc::EPERM.unsigned_abs()),
        statement(libc::BPF_RET | libc::BPF_K, libc::SECCOMP_RET_ALLOW),
    ]
}
